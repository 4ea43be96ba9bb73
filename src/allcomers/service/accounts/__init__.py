"""Who may sign in: users, the roles they hold and for how long, teams, supervision, duty."""
