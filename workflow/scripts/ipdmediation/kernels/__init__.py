"""Compiled code: how it is compiled, and where it is kept."""
