"""Referrals: people who refer themselves, and the inbox in which somebody looks at what they wrote."""
