"""Cut-offs before festivals: remote sites take no orders in the last days before one.

An order counts by the local date on which it was received. With a cut-off of 7 days, the 7th day
before the festival is the last on which an order is accepted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from optimizer.domain.ids import SiteId


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOff:
    """The stop of orders before one festival.

    Parameters
    ----------
    festival
        The festival's first day, by the calendar of the sites.
    days
        How many days before it an order must be there at the latest.
    sites
        The sites that stop; every other site takes orders to the last.
    """

    festival: date
    days: int
    sites: frozenset[SiteId]

    @property
    def last_day(self) -> date:
        """Give the last date on which an order is accepted."""
        return self.festival - timedelta(days=self.days)

    def stops(self, site: SiteId, received: date) -> bool:
        """Say whether an order of this local date for this site comes too late.

        From the day after the festival on orders are accepted again.
        """
        return site in self.sites and self.last_day < received <= self.festival


def stopped_by(
    cut_offs: Iterable[CutOff], site: SiteId, received_at: datetime, time_zone: str
) -> CutOff | None:
    """Find the cut-off that refuses an order.

    Parameters
    ----------
    cut_offs
        Every cut-off of the problem.
    site
        Where the order is to go.
    received_at
        The instant at which it was received, with an offset.
    time_zone
        The zone whose calendar counts: that of the problem.

    Returns
    -------
    CutOff or None
        The first one that refuses it; None where the order is accepted.
    """
    local = received_at.astimezone(ZoneInfo(time_zone)).date()
    return next((cut for cut in cut_offs if cut.stops(site, local)), None)


def accepts(
    cut_offs: Iterable[CutOff], site: SiteId, received_at: datetime, time_zone: str
) -> bool:
    """Say whether an order for a site is accepted at this instant; see ``stopped_by``."""
    return stopped_by(cut_offs, site, received_at, time_zone) is None
