"""The small sample city, found in the checkout and moved to an evening near now."""

from __future__ import annotations

import re
import shutil
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from optimizer.domain.errors import ColdgridError

CHECKOUT = Path(__file__).resolve().parents[2]
SMALL_CITY = Path("data", "samples", "small_city")

_ZONE = re.compile(r"^time_zone: (\S+)$", re.MULTILINE)
_START = re.compile(r"^horizon_start: \d{4}-\d\d-\d\dT(\d\d:\d\d):\d\d\S*$", re.MULTILINE)


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


def moved_to_evening(folder: Path, target: Path, now: datetime) -> Path:
    """Copy the sample so that its horizon starts on the evening of today, in its own time zone.

    Parameters
    ----------
    folder
        The sample.
    target
        Where the copy goes; what is there is replaced.
    now
        The current instant.
    """
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(folder, target)
    settings = target / "settings.yaml"
    text = settings.read_text(encoding="utf-8")
    zone, start = _ZONE.search(text), _START.search(text)
    assert zone is not None
    assert start is not None
    today = now.astimezone(ZoneInfo(zone[1])).date()
    evening = datetime.fromisoformat(f"{today}T{start[1]}").replace(tzinfo=ZoneInfo(zone[1]))
    moved = _START.sub(f"horizon_start: {evening.isoformat()}", text)
    settings.write_text(moved, encoding="utf-8")
    return target
