"""A first draft of a study from the files of its trials: what they hold, and what is left to decide."""
