"""Keeping the record safe: encrypted backups, restoring them, and what the service's database role may do."""
