"""Times of a problem: ``HH:MM`` means the first such time at or after the horizon start.

Seconds count from the horizon start. A local time that a clock change repeats counts the first
time, unless only the second lies after the horizon start; one that it skips counts as if the
clock had not been moved yet.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

from optimizer.domain.network import TimeWindow
from optimizer.domain.problem import HORIZON_S, Horizon
from optimizer.domain.units import SECONDS_PER_DAY, Seconds
from optimizer.formats.faults import CellError, shown

_DAY_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::00)?")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
    r"(?P<offset>[Zz]|[+-][0-9]{2}:[0-9]{2})?"
)

Moment: TypeAlias = int | time
"""A moment as a file gives it: seconds from the horizon start, or a time of day."""

WHOLE_HORIZON = TimeWindow(opens=0, closes=HORIZON_S)
MIDNIGHT, LAST_MINUTE = time(0, 0), time(23, 59)
DAYS_SEEN = HORIZON_S // SECONDS_PER_DAY + 2


def instant(cell: str) -> datetime:
    """Read an RFC 3339 instant; its offset is kept as a fixed one.

    Raises
    ------
    CellError
        CG-1009 for what is no instant, CG-1010 for one without offset.
    """
    match = _INSTANT.fullmatch(cell)
    if match is None:
        raise CellError("CG-1009", f"{shown(cell)} is not an instant")
    if match["offset"] is None:
        raise CellError("CG-1010", f"{shown(cell)} has no offset from UTC")
    try:
        moment = datetime.fromisoformat(cell.upper())
        return moment.astimezone(timezone(moment.utcoffset() or timedelta()))
    except (ValueError, OverflowError) as error:
        raise CellError("CG-1009", f"{shown(cell)} is not an instant: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Reads and writes the times of one problem.

    Parameters
    ----------
    horizon
        From when the seconds count, and the local time zone.
    certain
        False where the horizon could not be read and this one stands in for it: then only the
        form of times is judged.
    """

    horizon: Horizon
    certain: bool = True

    def moment(self, cell: str) -> Moment:
        """Read a time of day or an instant inside the horizon.

        Raises
        ------
        CellError
            CG-1009, CG-1010 or CG-1011.
        """
        match = _DAY_TIME.fullmatch(cell)
        if match is not None:
            return time(int(match[1]), int(match[2]))
        if ":" in cell and "-" not in cell:
            raise CellError("CG-1009", f"{shown(cell)} is not a time of day")
        seconds = self.horizon.seconds(instant(cell))
        if self.certain and not 0 <= seconds <= HORIZON_S:
            start = self.horizon.instant(0).isoformat()
            cause = f"{shown(cell)} does not lie in the 48 hours from {start}"
            raise CellError("CG-1011", cause)
        return seconds

    def ordered(self, cell: str) -> Seconds | None:
        """Read when an order came; None says before the horizon starts.

        A time of day means what it means everywhere, the first such time after the start.

        Raises
        ------
        CellError
            CG-1009, CG-1010, or CG-1011 where the instant lies after the horizon.
        """
        if self.certain and "-" in cell:
            # Orders come the evening before: what everywhere else is too early is no fault here.
            seconds = self.horizon.seconds(instant(cell))
            return self.first(self.moment(cell)) if seconds >= 0 else None
        return self.first(self.moment(cell))

    def first(self, moment: Moment, *, after: Seconds = -1) -> Seconds:
        """Give the first such moment later than another one."""
        if not isinstance(moment, time):
            return moment
        return next(seconds for seconds in self.recurrences(moment) if seconds > after)

    def recurrences(self, moment: time) -> tuple[Seconds, ...]:
        """Give every such time of day at or after the horizon start, one a day, for four days."""
        return _recurrences(self.horizon, moment)

    def window(self, opens: Moment | None, closes: Moment | None) -> TimeWindow:
        """Make one window; an end that is not given is the horizon's.

        Raises
        ------
        CellError
            CG-1020 where it ends before or when it begins, CG-1011 where it ends too late.
        """
        if not self.certain:
            return WHOLE_HORIZON
        start = 0 if opens is None else self.first(opens)
        end = HORIZON_S if closes is None else self.first(closes, after=start)
        if end <= start:
            raise CellError("CG-1020", "the window ends before or when it begins")
        if end > HORIZON_S:
            raise CellError("CG-1011", "the window ends more than 48 hours after the start")
        return TimeWindow(opens=start, closes=end)

    def hours(self, opens: Moment | None, closes: Moment | None) -> tuple[TimeWindow, ...]:
        """Make the opening hours of a site: times of day recur daily, instants do not.

        Raises
        ------
        CellError
            CG-1019 where only one is given or both are the same, CG-1020 for instants in the
            wrong order.
        """
        if opens is None and closes is None:
            return (WHOLE_HORIZON,)
        if opens is None or closes is None:
            raise CellError("CG-1019", "only one of opens and closes is given")
        if opens == closes:
            raise CellError("CG-1019", "the site opens and closes at the same time")
        if not isinstance(opens, time) or not isinstance(closes, time):
            return (self.window(opens, closes),)
        if (opens, closes) == (MIDNIGHT, LAST_MINUTE):
            return (WHOLE_HORIZON,)
        return self._daily(self.recurrences(opens), self.recurrences(closes))

    def _daily(
        self, opening: Sequence[Seconds], closing: Sequence[Seconds]
    ) -> tuple[TimeWindow, ...]:
        windows = []
        if 0 < closing[0] < opening[0]:
            # Opened yesterday: the site is open when the horizon starts.
            windows.append(TimeWindow(opens=0, closes=min(closing[0], HORIZON_S)))
        for start in opening:
            end = min(next((c for c in closing if c > start), HORIZON_S), HORIZON_S)
            if start < end and (not windows or start > windows[-1].closes):
                windows.append(TimeWindow(opens=start, closes=end))
        return tuple(windows)

    def written(self, moment: Seconds, *, after: Seconds = -1) -> str:
        """Write a moment so that reading gives it back: as HH:MM where that is enough."""
        local = self.horizon.instant(moment)
        day_time = time(local.hour, local.minute)
        if self.first(day_time, after=after) == moment:
            return f"{day_time:%H:%M}"
        return local.isoformat()

    def written_hours(self, hours: tuple[TimeWindow, ...]) -> tuple[str, str]:
        """Write opening hours so that reading gives them back.

        Raises
        ------
        ValueError
            They neither recur daily nor are a single window.
        """
        if hours == (WHOLE_HORIZON,):
            return "", ""
        ends = sorted({end for window in hours for end in (window.opens, window.closes)})
        times = [time(i.hour, i.minute) for i in map(self.horizon.instant, ends)]
        for opens in times:
            for closes in times:
                if opens != closes and self.hours(opens, closes) == hours:
                    return f"{opens:%H:%M}", f"{closes:%H:%M}"
        if len(hours) == 1:
            start, end = (self.horizon.instant(s) for s in (hours[0].opens, hours[0].closes))
            return start.isoformat(), end.isoformat()
        raise ValueError(f"no pair of times gives these opening hours: {hours}")


@lru_cache(maxsize=10_000)
def _recurrences(horizon: Horizon, moment: time) -> tuple[Seconds, ...]:
    zone = ZoneInfo(horizon.time_zone)
    today = horizon.instant(0).date()
    found = []
    for day in range(-1, DAYS_SEEN + 1):
        local = datetime.combine(today + timedelta(days=day), moment, zone)
        # In UTC, for two times of one zone are compared without looking at their offsets.
        first, again = (horizon.seconds(local.replace(fold=f).astimezone(UTC)) for f in (0, 1))
        if first >= 0 or again >= 0:
            found.append(first if first >= 0 else again)
    return tuple(sorted(found))
