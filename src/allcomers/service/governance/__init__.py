"""Who may open what, and the trace it leaves: permissions, break-glass, the audit chain, rows that are never lost."""
