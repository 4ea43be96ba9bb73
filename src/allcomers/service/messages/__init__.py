"""E-mail and text messages: an outbox filled with what causes them, their delivery, and what failed."""
