"""Systems that send referrals for a professional, as JSON: who they are, what they send, what they are told."""
