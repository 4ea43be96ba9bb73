"""The Django project: settings from the environment, start-up checks, the list of apps and of addresses."""
