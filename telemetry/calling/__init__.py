"""Calls people: what is said, to whom, until it has been delivered.

Read ``alert`` first (what a message says), then ``roster`` (who is told), ``digest`` (events
become calls) and ``outbox`` (calls become deliveries, by ``webhook`` and ``mail``). Addresses come
from the operator's files and settings alone; no request and no error message holds one.
"""
