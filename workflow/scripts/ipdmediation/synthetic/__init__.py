"""Synthetic trials: the model that makes patients, its causal truth, files as a centre would send them."""
