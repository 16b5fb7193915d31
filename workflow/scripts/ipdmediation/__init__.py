"""Mediation analysis of pooled randomised trials: pure functions, no file layout, no Snakemake."""
