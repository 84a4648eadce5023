"""Who is asking, and may they? Read ``access`` first: one row a route, everything else denied.

Passwords are hashed with argon2, keys and cookies are kept as digests. Knows storage, never HTTP
routes by path.
"""
