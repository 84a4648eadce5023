"""The judge: recomputes a plan from the problem and says what breaks a rule, and by how much.

Reading order: ``codes`` (what can be found), ``report`` (read first of the code), ``facts``, then a
room per kind of rule: ``assignment``, ``collects``, ``capacity``, ``pickup_points``, ``timing``,
``services``, ``rests``, ``waves``, ``trips``, ``docks``, ``synchronisation``, ``temperature`` (with
``cabins``, ``journey`` and ``integration``), ``boxes``, ``cost``; ``kpis`` counts.
Imports ``optimizer.domain`` only, and of it neither ``thermal`` nor anything that plans.
"""

from optimizer.check.codes import CODES, Code
from optimizer.check.kpis import kpis
from optimizer.check.report import check, ensure_same_problem

__all__ = ["CODES", "Code", "check", "ensure_same_problem", "kpis"]
