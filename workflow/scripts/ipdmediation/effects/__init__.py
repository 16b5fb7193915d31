"""Mediation effects computed from fitted models."""
