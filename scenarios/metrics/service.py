"""What households see of a day: what came, whether it came in time, and how late."""

from __future__ import annotations

from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.domain.units import SECONDS_PER_HOUR, Seconds
from scenarios.day.words import DayRecord, Delivered, Refused, Spoilt
from scenarios.metrics.kpi import Count


def served(record: DayRecord) -> dict[LineKey, Seconds]:
    """Give the lines handed over sound, and when the service of the last part of each began.

    A line is not served while a part of it was refused or spoilt.
    """
    found: dict[LineKey, Seconds] = {}
    bad: set[LineKey] = set()
    for one in record.events:
        if isinstance(one, Delivered):
            key = LineKey(one.order, one.line)
            found[key] = max(found.get(key, one.began), one.began)
        elif isinstance(one, Refused | Spoilt):
            bad.add(LineKey(one.order, one.line))
    return {key: began for key, began in found.items() if key not in bad}


def on_time_share(problem: Problem, plan: Plan, record: DayRecord) -> float:
    """Give |{lines served with began ≤ due}| / |lines ordered|; the share of nothing is 1."""
    return _on_time(problem, record, None)


def on_time_share_of(promise: str) -> Count:
    """Give the on-time share of one promise class as a function."""

    def count(problem: Problem, plan: Plan, record: DayRecord) -> float:
        """Give |{lines of the class with began ≤ due}| / |lines of the class ordered|."""
        return _on_time(problem, record, promise)

    return count


def _on_time(problem: Problem, record: DayRecord, promise: str | None) -> float:
    began = served(record)
    ordered = punctual = 0
    for key, line in problem.lines.items():
        if promise is None or line.promise == promise:
            ordered += 1
            due = problem.promises[line.promise].due(line)
            punctual += key in began and began[key] <= due
    return punctual / ordered if ordered else 1.0


def hours_late(problem: Problem, plan: Plan, record: DayRecord) -> float:
    """Give Σ max(0, began − due) / 3600 over the lines served."""
    late = 0
    for key, began in served(record).items():
        line = problem.lines[key]
        late += max(0, began - problem.promises[line.promise].due(line))
    return late / SECONDS_PER_HOUR


def unserved_lines(problem: Problem, plan: Plan, record: DayRecord) -> float:
    """Give |lines ordered| − |lines served|: left out, refused, spoilt or brought back."""
    return float(len(problem.lines) - len(served(record)))


def refused_lines(problem: Problem, plan: Plan, record: DayRecord) -> float:
    """Give |{lines of which a point refused a part}|: it was closed or its window was over."""
    return float(len({(one.order, one.line) for one in record.events if isinstance(one, Refused)}))


def order_to_ready_h(problem: Problem, plan: Plan, record: DayRecord) -> float:
    """Give the mean of (handed over − ordered) / 3600 over lines handed over; 0 of none.

    A line of which the problem gives no moment was ordered at the horizon start. Handed over is
    when the service ends, and of a line in parts the last of them.
    """
    good = served(record)
    ready: dict[LineKey, Seconds] = {}
    for one in record.events:
        if isinstance(one, Delivered):
            key = LineKey(one.order, one.line)
            if key in good:
                ready[key] = max(ready.get(key, one.at), one.at)
    waited = [at - (problem.lines[key].ordered_s or 0) for key, at in ready.items()]
    return sum(waited) / len(waited) / SECONDS_PER_HOUR if waited else 0.0
