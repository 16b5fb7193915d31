"""Tables of a run in the words of a reader; a module a table, no number is computed here."""
