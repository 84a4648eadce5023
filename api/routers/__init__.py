"""Routes: each turns a request into one call of a service and its answer into a response."""
