"""The synthetic data set: what the families' samples share."""
