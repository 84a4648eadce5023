"""Decides what is an alarm: pure functions of (rules, state, sample, now).

Read ``step`` first; then ``words``, ``rules`` (what is watched), ``state`` (what is remembered),
``limits`` and ``raising`` (how a step decides), ``lifecycle`` (what people and time do to an alarm)
and ``excursion`` (facts, beside the alarms). ``packs`` are the shipped rules, tested by ``series``.
Reads no file but the rule packs that lie here, knows no store, no broker and no clock.
"""
