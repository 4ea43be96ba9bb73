"""NHS England's published tables: found, fetched, read, normalised; rounding and suppression carried as intervals."""
