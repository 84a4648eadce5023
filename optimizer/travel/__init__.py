"""Where distances and times come from: great circle times circuity, or a matrix file.

Reading order: ``provider`` (the protocol), ``great_circle``, ``matrix_file``, ``open_provider``
(which of them a problem names), ``unreachable`` (names for pairs without a way).
Imports ``optimizer.domain`` only.
"""
