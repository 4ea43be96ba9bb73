"""What a person agrees to, purpose by purpose, and what was given to whom on that ground."""
