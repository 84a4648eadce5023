"""A plan changed by hand: no solver, only what a dispatcher's edit does to times, loads and costs.

Reading order: ``edits`` (what may be asked), ``draft`` (trips that can be changed), ``applying``
(an edit done to a draft), ``clock`` (when a trip is where), ``loads`` (what is on board),
``placing`` (where a stop costs least), ``supply`` (trucks follow the vans' lines), ``writing`` (a
draft as routes again).
Imports ``optimizer.planning`` and what is below it; judges nothing: that is ``revise``.
"""
