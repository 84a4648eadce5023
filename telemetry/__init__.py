"""Watches: readings of sensors become excursions, alarms and calls to people.

Read ``alarm/step.py`` first, then ``readings`` for the words, ``monitor`` for who keeps the state,
``ingest`` for the way of a message and ``ports`` for what is kept.
Must not import ``optimizer`` but for ``optimizer.domain``, nor ``scenarios`` or ``api``; this file
imports nothing, so that ``import telemetry`` loads neither a solver nor a database.
"""
