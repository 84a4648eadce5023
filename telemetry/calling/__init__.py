"""Calls people: what is said, to whom, until it has been delivered."""
