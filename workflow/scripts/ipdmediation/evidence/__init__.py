"""Comparison with published figures, between trials and between assumptions."""
