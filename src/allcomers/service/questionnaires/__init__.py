"""Questionnaires that people answer, and what is done at once when an answer speaks of danger."""
