"""What is asked of an OSRM server, what its answers mean, and what is done when there is none."""

from __future__ import annotations

import json
import pickle
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from optimizer.domain.errors import InputRefused, TravelUnavailable
from optimizer.domain.problem import TravelSettings
from optimizer.domain.travel_matrix import UNREACHABLE
from optimizer.travel.great_circle import haversine_m
from optimizer.travel.means import TravelMeans
from optimizer.travel.open_provider import open_provider
from optimizer.travel.osrm import Osrm
from optimizer.travel.osrm_client import OsrmClient
from tests.osrm_server import CIRCUITY, OsrmTown, osrm_town
from tests.streets import place

SITES = [place(f"S{at}", 28.0 + at / 100, 112.8 + at / 70) for at in range(12)]


@dataclass(slots=True, kw_only=True)
class Recorded:
    """Gives one answer for ever."""

    status: int = 200
    body: bytes
    asked: list[str] = field(default_factory=list)

    def get(self, path: str) -> tuple[int, bytes]:
        self.asked.append(path)
        return self.status, self.body


def osrm(asking: Any, *, block: int = 100) -> Osrm:
    return Osrm.at(asking, address="http://osrm", profile="driving", block=block)


def answering(document: object, status: int = 200) -> Recorded:
    return Recorded(body=json.dumps(document).encode(), status=status)


# --- recorded answers ---------------------------------------------------------------------------


def test_a_table_is_rounded_and_null_is_no_way() -> None:
    asking = answering(
        {
            "code": "Ok",
            "durations": [[0, 61.5, None], [70.4, 0, 12]],
            "distances": [[0, 812.6, None], [903.2, 0, 100]],
            "sources": [{"location": [112.8, 28.0]}],
        }
    )
    matrix = osrm(asking).matrix(SITES[:2], SITES[:3])
    assert matrix.distance_m.tolist() == [[0, 813, UNREACHABLE], [903, 0, 100]]
    assert matrix.duration_s is not None
    assert matrix.duration_s.tolist() == [[0, 62, UNREACHABLE], [70, 0, 12]]
    assert matrix.origins == ("S0", "S1")
    assert asking.asked == [
        "/table/v1/driving/112.800000,28.000000;112.814286,28.010000;112.828571,28.020000"
        "?annotations=duration,distance&sources=0;1&destinations=0;1;2"
    ]


def test_no_table_means_that_no_way_leads_anywhere() -> None:
    matrix = osrm(answering({"code": "NoTable", "message": "No table"}, 400)).matrix(
        SITES[:2], SITES[:2]
    )
    assert matrix.distance_m.tolist() == [[0, UNREACHABLE], [UNREACHABLE, 0]]


def test_a_site_near_no_road_is_named() -> None:
    message = "Could not find a matching segment for coordinate 2"
    asking = answering({"code": "NoSegment", "message": message}, 400)
    with pytest.raises(InputRefused) as refused:
        osrm(asking).matrix(SITES[:2], SITES[:3])
    assert [(fault.code, fault.place) for fault in refused.value.faults] == [("CG-2014", "site S2")]


OK = {"code": "Ok", "distances": [[0, 1], [1, 0]], "durations": [[0, 1], [1, 0]]}


@pytest.mark.parametrize(
    "body",
    [
        b"<html>It works</html>",
        b"[]",
        b"{}",
        json.dumps({"code": "InvalidQuery", "message": "bad"}).encode(),
        json.dumps({**OK, "distances": [[0, 1]]}).encode(),
        json.dumps({**OK, "distances": [[0, "far"], [1, 0]]}).encode(),
        json.dumps({**OK, "distances": [[0, -5], [1, 0]]}).encode(),
        json.dumps({**OK, "durations": [[0, 1e18], [1, 0]]}).encode(),
        json.dumps({"code": "Ok", "durations": [[0, 1], [1, 0]]}).encode(),
    ],
)
def test_an_answer_that_is_no_table_is_refused(body: bytes) -> None:
    with pytest.raises(TravelUnavailable) as unavailable:
        osrm(Recorded(body=body)).matrix(SITES[:2], SITES[:2])
    assert unavailable.value.code == "CG-2022"


def test_a_server_for_which_two_coordinates_are_too_many_is_given_up() -> None:
    with pytest.raises(TravelUnavailable) as unavailable:
        osrm(answering({"code": "TooBig"}, 400), block=8).matrix(SITES[:4], SITES[:4])
    assert unavailable.value.code == "CG-2022"


# --- a live server ------------------------------------------------------------------------------


def _measured(town: OsrmTown, block: int) -> tuple[list[list[int]], int]:
    provider = osrm(OsrmClient(address=town.address), block=block)
    matrix = provider.matrix(SITES, SITES[:9])
    assert matrix.duration_s is not None
    assert matrix.duration_s[0, 8] == pytest.approx(matrix.distance_m[0, 8] / 10, abs=1)
    return matrix.distance_m.tolist(), len(town.asked)


@pytest.mark.parametrize(("block", "requests"), [(100, 1), (10, 6), (2, 108)])
def test_blocks_of_any_size_give_the_same_table(block: int, requests: int) -> None:
    with osrm_town() as town:
        table, asked = _measured(town, block)
    lat, lon = [site.lat for site in SITES], [site.lon for site in SITES]
    crow = haversine_m(lat, lon, lat[:9], lon[:9]) * CIRCUITY
    assert table == pytest.approx(crow, abs=1.1)
    assert asked == requests


def test_a_table_that_is_too_big_is_asked_for_in_smaller_ones() -> None:
    with osrm_town(limit=7) as town:
        table, asked = _measured(town, 100)
        whole, _ = _measured(town, 6)
    assert table == whole
    assert asked > 6
    places = [path.partition("?")[0].count(";") + 1 for path in town.asked]
    assert max(places[10:]) <= 7


def test_a_busy_server_is_asked_again_after_growing_whiles() -> None:
    waits: list[float] = []
    with osrm_town(fails=[503, 429]) as town:
        client = OsrmClient(address=town.address, sleeper=waits.append)
        assert osrm(client).matrix(SITES[:1], SITES[1:2]).distance_m[0, 0] > 0
        assert len(town.asked) == 3
    assert waits == [0.5, 1.0]


def test_a_server_that_stays_busy_is_given_up() -> None:
    waits: list[float] = []
    with osrm_town(fails=[503] * 5) as town:
        client = OsrmClient(address=town.address, attempts=4, sleeper=waits.append)
        with pytest.raises(TravelUnavailable, match=r"4 tries: .*503") as unavailable:
            osrm(client).matrix(SITES, SITES)
        assert len(town.asked) == 4
    assert unavailable.value.code == "CG-2021"
    assert waits == [0.5, 1.0, 2.0]


def test_a_refusal_is_final() -> None:
    with osrm_town() as town:
        provider = Osrm.at(
            OsrmClient(address=town.address), address=town.address, profile="canoe", block=9
        )
        with pytest.raises(TravelUnavailable, match="InvalidService"):
            provider.matrix(SITES, SITES)
        assert len(town.asked) == 1


def _nobody() -> str:
    """Give the address of a port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def test_a_server_that_is_away_is_told_with_its_address_and_cause() -> None:
    client = OsrmClient(address=_nobody(), sleeper=lambda _: None)
    with pytest.raises(TravelUnavailable, match=r"127\.0\.0\.1.*refused") as unavailable:
        osrm(client).matrix(SITES, SITES)
    assert unavailable.value.code == "CG-2021"


def test_a_silent_server_is_not_waited_for_longer_than_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        client = OsrmClient(address=address, timeout_s=0.05, sleeper=lambda _: None)
        with pytest.raises(TravelUnavailable, match="timed out"):
            client.get("/table/v1/driving/0,0")


def test_the_failure_of_a_planning_process_can_be_sent() -> None:
    client = OsrmClient(address=_nobody(), attempts=1)
    with pytest.raises(TravelUnavailable) as unavailable:
        client.get("/")
    copy = pickle.loads(pickle.dumps(unavailable.value))
    assert (type(copy), copy.code, str(copy)) == (
        TravelUnavailable,
        "CG-2021",
        str(unavailable.value),
    )


# --- which server -------------------------------------------------------------------------------

Means = Callable[..., TravelMeans]


def test_the_operator_says_which_server_a_profile_has() -> None:
    means = TravelMeans(osrm_servers={"driving": "http://a", "truck": "http://b"})
    digests = {
        open_provider(TravelSettings(provider="osrm", profile=name), None, means=means).source
        for name in ("driving", "truck")
    }
    assert len(digests) == 2
    with pytest.raises(TravelUnavailable, match="'canoe'; there are: driving, truck") as unknown:
        open_provider(TravelSettings(provider="osrm", profile="canoe"), None, means=means)
    assert unknown.value.code == "CG-2020"


def test_one_server_may_have_every_profile_and_new_road_data_are_another_source() -> None:
    def digest(**changes: str) -> str:
        means = TravelMeans(osrm_servers={"": "http://a"}, **changes)  # type: ignore[arg-type]
        settings = TravelSettings(provider="osrm", profile="anything")
        return open_provider(settings, None, means=means).source.digest

    assert digest() == digest()
    assert digest() != digest(osrm_data="July")


def test_without_a_server_the_setting_is_named() -> None:
    with pytest.raises(TravelUnavailable, match="there are: none") as unavailable:
        open_provider(TravelSettings(provider="osrm"), None)
    assert unavailable.value.code == "CG-2020"
