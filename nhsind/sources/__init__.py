"""From what the user points at to checked tables: files, frames, geography, plans."""
