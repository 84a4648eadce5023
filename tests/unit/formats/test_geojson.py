"""A plan on a map."""

import json

from optimizer.domain.network import SiteKind
from optimizer.formats.geojson import plan_geojson
from tests.unit.formats import tiny_plan


def test_sites_are_points_and_routes_are_lines() -> None:
    collection = plan_geojson(tiny_plan.problem(), tiny_plan.plan())
    assert collection["type"] == "FeatureCollection"
    kinds = [feature["geometry"]["type"] for feature in collection["features"]]
    assert kinds == ["Point"] * 4 + ["LineString"]
    assert json.loads(json.dumps(collection)) == collection


def test_positions_are_longitude_first() -> None:
    features = plan_geojson(tiny_plan.problem(), tiny_plan.plan())["features"]
    assert features[0]["geometry"]["coordinates"] == [112.9, 28.25]
    assert features[-1]["geometry"]["coordinates"] == [
        [113.0, 28.2],
        [113.01, 28.21],
        [113.0, 28.2],
    ]


def test_properties_say_what_a_map_shows() -> None:
    features = plan_geojson(tiny_plan.problem(), tiny_plan.plan())["features"]
    pickup, route = features[2]["properties"], features[-1]["properties"]
    assert (pickup["kind"], pickup["lines"], pickup["unserved"]) == (SiteKind.PICKUP.value, 2, 1)
    assert (route["vehicle"], route["echelon"], route["mass_kg"]) == ("V", "last_mile", 37.62)
    assert route["departs_at"] == "2026-02-11T06:56:40+08:00"
    assert route["stops"] == ["P"]
