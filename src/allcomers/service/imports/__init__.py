"""Questionnaires answered elsewhere, taken in from a file; what has something wrong waits in quarantine."""
