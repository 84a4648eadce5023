"""Cases of rerouting: their states, what is stale, what they reserve, what they change.

Read ``cases`` first, then ``standing``, ``staleness``, ``reservations`` and ``changes``. Nothing
in here reads or writes anything, nor knows HTTP or a database.
"""
