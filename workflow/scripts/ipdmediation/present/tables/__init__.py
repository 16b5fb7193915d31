"""Tables of a run in the words of a reader; one module per table; no number is computed here."""
