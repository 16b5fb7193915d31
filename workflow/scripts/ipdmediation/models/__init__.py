"""Regression models: cumulative link, linear and binary, fixed and mixed."""
