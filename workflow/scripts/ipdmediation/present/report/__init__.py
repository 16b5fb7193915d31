"""The report: one self-contained page in plain words, made from the tables and figures of a run."""
