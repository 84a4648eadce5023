"""What the operator says of servers and of the cache folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.travel.means import TravelMeans, default_cache, servers_of


@pytest.mark.parametrize(
    ("text", "servers"),
    [
        ("", {}),
        ("http://roads:5000/", {"": "http://roads:5000"}),
        (
            "driving=http://a, truck=https://b/osrm",
            {"driving": "http://a", "truck": "https://b/osrm"},
        ),
        ("http://a,truck=http://b", {"": "http://a", "truck": "http://b"}),
    ],
)
def test_servers_are_read(text: str, servers: dict[str, str]) -> None:
    assert servers_of(text) == servers


@pytest.mark.parametrize(
    "text",
    [
        "roads:5000",
        "file:///etc/passwd",
        "http://",
        "http://me:secret@roads",
        "http://roads?key=1",
        "http://a,http://b",
        "driving=http://a,driving=http://b",
    ],
)
def test_what_is_no_server_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not http|no user|two addresses"):
        servers_of(text)


def test_means_reach_another_process_as_plain_values() -> None:
    means = TravelMeans(osrm_servers={"": "http://a"}, osrm_data="July", cache=Path("/c"))
    assert TravelMeans.from_document(means.document()) == means
    assert TravelMeans.from_document(TravelMeans().document()) == TravelMeans()


@pytest.mark.parametrize(
    ("environment", "platform", "folder"),
    [
        ({"HOME": "/home/li"}, "linux", "/home/li/.cache/coldgrid/travel"),
        ({"HOME": "/h", "XDG_CACHE_HOME": "/x"}, "linux", "/x/coldgrid/travel"),
        ({"HOME": "/h", "XDG_CACHE_HOME": "x"}, "linux", None),
        ({"HOME": "/h"}, "darwin", "/h/Library/Caches/coldgrid/travel"),
        ({"LOCALAPPDATA": "/l"}, "win32", "/l/coldgrid/travel"),
        ({}, "linux", None),
    ],
)
def test_the_cache_lies_where_a_persons_caches_lie(
    environment: dict[str, str], platform: str, folder: str | None
) -> None:
    assert default_cache(environment, platform) == (None if folder is None else Path(folder))
