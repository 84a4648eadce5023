"""Plays vehicles and cold rooms whose sensors speak MQTT, with everything that goes wrong.

Reading order: ``spec`` (what there is), ``thermal`` (how warm it gets), ``sensing`` and ``speak``
(what is said about it), ``fleet`` (all together). Its thermal model is its own on purpose, and it
must not import ``telemetry.alarm``, ``telemetry.monitor`` or ``telemetry.registry``.
"""
