"""Linehaul: which truck brings what from the central to the grid warehouses, and when.

Reading order: ``plan`` (the whole of it), ``demand`` (question and answer), ``network``, then the
three stages ``tours`` and ``selection`` (which tours), ``loading`` (which lines on which truck),
``timetable`` (when), and ``routes``, ``shortage`` (the answer in a plan's words).
Imports ``optimizer.domain`` and its neighbour ``planning.compartments``, nothing above.
"""
