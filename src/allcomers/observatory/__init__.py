"""The static public site made from NHS England's published tables."""
