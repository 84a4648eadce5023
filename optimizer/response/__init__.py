"""What to do when a compartment fails on the road: checked ways out, ranked, in words.

Reading order: ``words``, ``situation``, ``outlook``, ``roads``, ``tail``, ``scene``, ``shelters``,
``draft``, ``staying``, ``sheltering``, ``cells``, ``receivers``, ``sharing``, ``places``,
``splitting``, ``later``, ``candidates``, ``value``, ``resequencing``, ``checking``, ``excuses``,
``judging``, ``ranking``, ``together``, ``telling``, ``document``.
``optimizer.reroute`` puts them together. Pure: no clock and no file; solvers are asked through
``planning.picking`` and ``engines.tail_order``, which count no seconds.
"""
