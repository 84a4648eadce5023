"""Key figures of a simulated day, each a pure function of problem, plan and record.

Reading order: ``kpi`` (what a figure is), ``service``, ``driving``, ``cold``. The formulas stand in
the docstrings.
"""

from optimizer.domain.problem import Problem
from scenarios.metrics.cold import (
    alarms,
    at_risk_kg,
    degree_minutes,
    diversions,
    false_alarms,
    lost_kg,
    worst_mkt_c,
)
from scenarios.metrics.driving import cost_cents, hours_on_road, km, utilisation
from scenarios.metrics.kpi import Kpi
from scenarios.metrics.service import (
    hours_late,
    on_time_share,
    on_time_share_of,
    order_to_ready_h,
    refused_lines,
    unserved_lines,
)

__all__ = ["KPIS", "Kpi", "kpis_of"]

KPIS: dict[str, Kpi] = {
    one.name: one
    for one in (
        Kpi(name="on_time_share", unit="share", better="more", count=on_time_share),
        Kpi(name="cost_cents", unit="cents", better="less", count=cost_cents),
        Kpi(name="km", unit="km", better="less", count=km),
        Kpi(name="hours_on_road", unit="h", better="less", count=hours_on_road),
        Kpi(name="hours_late", unit="h", better="less", count=hours_late),
        Kpi(name="unserved_lines", unit="lines", better="less", count=unserved_lines),
        Kpi(name="refused_lines", unit="lines", better="less", count=refused_lines),
        Kpi(name="order_to_ready_h", unit="h", better="less", count=order_to_ready_h),
        Kpi(name="utilisation", unit="share", better="more", count=utilisation),
        Kpi(name="lost_kg", unit="kg", better="less", count=lost_kg),
        Kpi(name="at_risk_kg", unit="kg", better="less", count=at_risk_kg),
        Kpi(name="alarms", unit="alarms", better="less", count=alarms),
        Kpi(name="false_alarms", unit="alarms", better="less", count=false_alarms),
        Kpi(name="diversions", unit="diversions", better="less", count=diversions),
        Kpi(name="degree_minutes", unit="°C min", better="less", count=degree_minutes),
        Kpi(name="mkt_above_c", unit="K", better="less", count=worst_mkt_c),
    )
}
"""Every figure by its name; ``kpis_of`` adds those of the promise classes of a problem."""


def kpis_of(problem: Problem) -> dict[str, Kpi]:
    """Give all figures of a problem, with the on-time share of each promise class."""
    named = {f"on_time_share_{promise}": promise for promise in problem.promises}
    return KPIS | {
        name: Kpi(name=name, unit="share", better="more", count=on_time_share_of(promise))
        for name, promise in named.items()
    }
