"""What happened on the road and what follows from it: pure functions over events."""
