"""Other disruptions through the same door: a road closes, a van stands, a truck is late, and so on.

Reading order: ``events`` (what happened), ``reading`` (from JSON), ``day`` (what it meets),
``around`` and ``closed_travel`` (ways around an area), ``stock``, ``idle``, ``retiming`` (routes
timed anew), ``option`` (a way out on paper), ``anew`` (the open part planned anew), one module per
event (``closed_road``, ``breakdown`` with ``standing`` and ``fetching``, ``late_linehaul``,
``urgent_order``, ``backup_carrier``), ``balance`` (fates and money), ``judging``, ``telling``,
``recover``, ``document``. The words of an answer are those of ``optimizer.response.words``.
"""
