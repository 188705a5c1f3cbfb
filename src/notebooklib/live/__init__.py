"""Figures that compute: a function of tensors, traced here, runs in the reader's page."""
