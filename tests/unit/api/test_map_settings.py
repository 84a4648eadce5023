"""Where a base map may come from."""

import pytest

from api.pages.map_tiles import given_tiles, policy_with_tiles
from api.pages.shell import POLICY
from api.settings import load_settings
from optimizer.domain.errors import InputRefused

TILES = "https://tiles.example:8443/{z}/{x}/{y}.png?key=1"


def test_without_the_setting_no_other_host_is_named() -> None:
    settings = load_settings()
    assert given_tiles(settings) == {}
    assert policy_with_tiles(settings) == POLICY


def test_the_policy_lets_in_pictures_of_that_host_and_nothing_else() -> None:
    settings = load_settings(map_tiles=TILES, map_attribution="© Somebody", map_datum="gcj02")
    policy = policy_with_tiles(settings)
    assert "img-src 'self' https://tiles.example:8443 data:;" in policy
    assert policy.count("tiles.example") == 1
    assert given_tiles(settings)["tiles"]["datum"] == "gcj02"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("javascript:alert(1)/{z}/{x}/{y}", "us"),
        ("https://tiles.example/{z}/{x}.png", "us"),
        ("https://tiles.example; script-src */{z}/{x}/{y}", "us"),
        ("https://{s}.tiles.example/{z}/{x}/{y}", "us"),
        ("//tiles.example/{z}/{x}/{y}", "us"),
        (TILES, ""),
    ],
)
def test_what_is_no_address_of_tiles_or_of_nobody_is_refused(address: str, said: str) -> None:
    with pytest.raises(InputRefused, match=r"MAP_|map-"):
        load_settings(map_tiles=address, map_attribution=said)
