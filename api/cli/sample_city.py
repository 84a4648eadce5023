"""The small sample city, found in the checkout and moved to where its vans are on the road now."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from optimizer.domain.errors import ColdgridError

CHECKOUT = Path(__file__).resolve().parents[2]
SMALL_CITY = Path("data", "samples", "small_city")

MORNING = timedelta(hours=7, minutes=50)
LEFT = timedelta(minutes=40)
"""So the vans left between 07:10 and 08:10: the points are open, and no window has passed."""

_ZONE = re.compile(r"^(time_zone: )(\S+)()$", re.MULTILINE)
_START = re.compile(r"^(horizon_start: )\d{4}-\d\d-\d\dT(\d\d:\d\d):\d\d\S*()$", re.MULTILINE)
_WAVE = re.compile(r"^(  - \{id: \S+, departs: \")(\d\d:\d\d)(\"\})$", re.MULTILINE)


def small_city() -> Path:
    """Find the sample.

    Raises
    ------
    ColdgridError
        It is not there (CG-7605): coldgrid was installed without its checkout.
    """
    folder = CHECKOUT / SMALL_CITY
    if not (folder / "settings.yaml").is_file():
        raise ColdgridError("CG-7605", f"{folder} does not exist")
    return folder


def where_it_is_morning(now: datetime) -> str:
    """Name the zone, whole hours from UTC, in which it is ``MORNING`` or up to an hour later."""
    utc = now.astimezone(UTC)
    since = timedelta(hours=utc.hour, minutes=utc.minute) - MORNING
    ahead = (-(since // timedelta(hours=1)) + 12) % 24 - 12
    # In names of this kind the sign is turned round: Etc/GMT-8 is eight hours ahead of UTC.
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/UTC"


def moved_under_way(folder: Path, target: Path, now: datetime, zone: str) -> Path:
    """Copy the sample so that its vans left forty minutes ago, whatever the hour is here.

    The copy lies in a time zone in which clocks show an hour of the morning now, and its wave
    leaves forty minutes before it. All else keeps its local hour, so promises, shifts and opening
    hours stand to each other as in the sample.

    Parameters
    ----------
    folder
        The sample.
    target
        Where the copy goes; what is there is replaced.
    now
        The current instant.
    zone
        From ``where_it_is_morning``.
    """
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(folder, target)
    local = now.astimezone(ZoneInfo(zone))
    settings = target / "settings.yaml"
    text = settings.read_text(encoding="utf-8")
    text = _put(_ZONE, text, lambda _: zone)
    text = _put(_START, text, lambda found: _evening_before(local, found[2]).isoformat())
    text = _put(_WAVE, text, lambda _: f"{local - LEFT:%H:%M}")
    settings.write_text(text, encoding="utf-8")
    return target


def _evening_before(local: datetime, clock: str) -> datetime:
    return datetime.fromisoformat(f"{local.date() - timedelta(days=1)}T{clock}").replace(
        tzinfo=local.tzinfo
    )


def _put(pattern: re.Pattern[str], text: str, value: Callable[[re.Match[str]], str]) -> str:
    changed, times = pattern.subn(lambda found: found[1] + value(found) + found[3], text)
    assert times, pattern.pattern
    return changed
