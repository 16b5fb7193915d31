"""Resampling, bootstrap, intervals and pooling over imputations."""
