"""Who works with whom, and when: teams, the duty rota, supervision. The relationships they give are in `accounts`."""
