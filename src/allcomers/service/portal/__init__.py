"""The patient's place: what happens next, how long it may take, their own record, and the ways to change it."""
