"""Linehaul: which truck brings what from the central to the grid warehouses, and when.

Reading order: ``demand`` (question and answer), ``plan`` (the whole of it), ``merging``,
``drafts``, ``network``, ``legs``; which tours: ``tours``, ``tour_times``, ``savings``, ``pricing``,
``survey``, ``greedy``, ``selection``, ``choice``; which lines on which truck: ``loading``,
``rounding``; when: ``ground``, ``dispatch``, ``timetable``; in a plan's words: ``routes``,
``shortage``. Solvers: ``linear``, ``sat``.
Imports ``optimizer.domain`` and its neighbours ``planning.compartments``, ``planning.underway``
and ``planning.halting``, nothing above.
"""
