"""Figures of an analysis, one module each, drawn from the tidy tables of a run; no number is computed here.

Every figure is laid out in millimetres on a page of one or two journal columns, so that text sizes and gaps
are those of the printed page whatever the number of levels, trials or rules.
"""
