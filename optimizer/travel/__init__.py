"""Where distances and times come from: great circle times circuity, or a matrix file.

Reading order: ``provider`` (the protocol), ``great_circle``, ``matrix_file``.
Imports ``optimizer.domain`` only.
"""
