"""Answers about being better off dead or of self-harm: an alert in the same transaction, and a person who closes it."""
