"""Plays a planned day on a simulated clock, with everything that differs from the plan.

Reading order: ``words`` (what happens), ``script`` (a plan as it is played), ``clock`` (the only
user of simpy), ``running`` (a running day as a plan), ``troubles`` (what breaks and when), ``cold``
(the truth of a van whose cooling fails), ``watching`` (what the monitor sees of it), ``deciding``,
``losses``, ``playing`` (all together). Draws by name, never by order: see ``scenarios.variation``.
"""

from scenarios.day.playing import play

__all__ = ["play"]
