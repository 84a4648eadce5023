"""Where the navigation link of the driver's page may lead."""

from __future__ import annotations

import pytest

from api.settings import load_settings
from optimizer.domain.errors import ColdgridError

AMAP = "https://uri.amap.com/navigation?to={lon},{lat},{name}&coordinate=wgs84"


def test_a_phone_chooses_its_own_map_unless_told() -> None:
    assert load_settings().navigation == "geo:{lat},{lon}?q={lat},{lon}"
    assert load_settings(navigation=AMAP).navigation == AMAP


@pytest.mark.parametrize(
    "address",
    ["javascript:alert({lat},{lon})", "data:text/html,{lat}{lon}", "{lat},{lon}", "geo:0,0", ""],
)
def test_what_leads_nowhere_is_refused(address: str) -> None:
    with pytest.raises(ColdgridError):
        load_settings(navigation=address)
