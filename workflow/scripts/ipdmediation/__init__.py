"""Mediation analysis of pooled randomised trials: pure functions, no file layout, no Snakemake."""

__version__ = "0.1.0"
