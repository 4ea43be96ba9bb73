"""Background work without a broker: jobs by name, a row each in the database, and the worker that runs those due."""
