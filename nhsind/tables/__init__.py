"""The tables that a notebook shows, made from released figures only."""
