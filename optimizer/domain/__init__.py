"""The words both halves of coldgrid use: site, order line, vehicle, zone, plan, fault.

Reading order: ``ids``, ``units``, ``temperature``, ``network``, ``fleet``, ``orders``,
``objective``, ``problem``, ``travel_matrix``, ``plan``, ``errors``; ``thermal`` has the
physics over the figures of ``thermal_constants``.
Imports the standard library and numpy, nothing else, and does no input or output.
"""
