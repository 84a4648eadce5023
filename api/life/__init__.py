"""The life of a plan, as pure decisions: read ``states`` first, then ``freeze`` and ``history``.

``pins`` and ``late_orders`` judge what dispatchers ask, ``difference`` words what changed,
``etags`` reads If-Match. Nothing here knows a database or HTTP; clocks are arguments.
"""
