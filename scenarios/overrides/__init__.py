"""What a scenario changes of its base: pure functions from problem to problem, and what they say.

Reading order: ``setting`` (what is changed, the role of an override), ``selecting`` (which lines,
sites, vehicles are meant), then ``demand``, ``network``, ``points``, ``fleet``, ``rules``,
``roads``, ``relayout``; ``every`` names them all. Plans nothing, reads no file.
"""
