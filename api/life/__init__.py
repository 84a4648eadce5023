"""The life of a plan: which change is legal when, and what stays frozen. Pure."""
