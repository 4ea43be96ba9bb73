"""Signs in records that scores, endings or codes were shaped by a target; each has innocent explanations."""
