"""Decides what is an alarm: pure functions of (rules, state, sample, now).

Read ``step`` first; then ``words``, ``rules`` (what is watched), ``state`` (what is remembered),
``lifecycle`` (what people and time do to an alarm) and ``excursion`` (facts, beside the alarms).
Reads no file but the rule packs that lie here, knows no store, no broker and no clock.
"""
