"""The people who come: who they are, and who is responsible for them."""
