import pytest

from optimizer.domain.network import SiteKind, TimeWindow
from tests.cases import HOUR, site

HOURS = (
    TimeWindow(opens=6 * HOUR, closes=10 * HOUR),
    TimeWindow(opens=14 * HOUR, closes=18 * HOUR),
)
SITE = site("P", SiteKind.PICKUP, 0, 0, hours=HOURS)


def test_windows_are_closed_intervals() -> None:
    assert 6 * HOUR in HOURS[0]
    assert 10 * HOUR in HOURS[0]
    assert 10 * HOUR + 1 not in HOURS[0]


@pytest.mark.parametrize(
    ("moment", "is_open", "next_open"),
    [
        (0, False, 6 * HOUR),
        (6 * HOUR, True, 6 * HOUR),
        (10 * HOUR, True, 10 * HOUR),
        (10 * HOUR + 1, False, 14 * HOUR),
        (15 * HOUR, True, 15 * HOUR),
        (18 * HOUR + 1, False, None),
    ],
)
def test_opening_hours(moment: int, is_open: bool, next_open: int | None) -> None:
    assert SITE.is_open(moment) is is_open
    assert SITE.next_open(moment) == next_open


def test_a_site_without_hours_never_opens() -> None:
    never = site("P", SiteKind.PICKUP, 0, 0, hours=())
    assert not never.is_open(0)
    assert never.next_open(0) is None
