"""Where on its way a van has an emergency transfer station within reach: a planner's view.

Read ``coverage``, then ``words``; ``paths`` samples legs, ``stations`` judges places. Pure; knows
problems, plans and a source of distances, and neither solvers nor the checker.
"""

from optimizer.coverage.measure import coverage
from optimizer.coverage.words import Coverage, Gap, OpenPoint, Reason, Share

__all__ = ["Coverage", "Gap", "OpenPoint", "Reason", "Share", "coverage"]
