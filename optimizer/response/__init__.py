"""What to do when a compartment fails on the road: checked ways out, ranked, in words.

Reading order: ``words``, ``situation``, ``outlook``, ``roads``, ``tail``, ``scene``, ``shelters``,
``draft``, ``staying``, ``sheltering``, ``receivers``, ``sharing``, ``later``, ``value``,
``checking``, ``excuses``, ``judging``, ``telling``, ``document``.
``optimizer.reroute`` puts them together. Pure: no clock, no file, no solver.
"""
