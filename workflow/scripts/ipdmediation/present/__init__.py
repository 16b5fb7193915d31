"""Figures, tables and the report: shows numbers, computes none."""
