"""From record-level figures to those that may be published, and the results that hold them."""
