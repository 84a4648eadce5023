"""Travel settings of road graphs and OSRM: what goes together, and what an upload cannot name."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from optimizer.domain.errors import InputRefused
from optimizer.domain.problem import TravelSettings
from optimizer.formats.problem_reading import problem_from_document
from optimizer.formats.problem_writing import problem_document
from optimizer.formats.schemas import schema
from tests.unit.formats import tiny_day

GRAPH = {"provider": "road_graph", "file": "roads.graphml", "closures": "closed.geojson"}
OSRM = {"provider": "osrm", "profile": "truck"}


def _travel(document: dict[str, Any]) -> TravelSettings:
    return problem_from_document(document).problem.travel


@pytest.mark.parametrize("travel", [GRAPH, OSRM, {"provider": "osrm"}])
def test_what_is_read_is_written_back(travel: dict[str, str]) -> None:
    document = tiny_day.document() | {"travel": travel}
    read = problem_from_document(document).problem
    assert read.travel.provider == travel["provider"]
    assert read.travel.file == travel.get("file")
    assert read.travel.closures == travel.get("closures")
    assert read.travel.profile == travel.get("profile", "driving")
    written = problem_document(read)
    assert list(Draft202012Validator(schema("problem")).iter_errors(written)) == []
    assert _travel(written) == read.travel


@pytest.mark.parametrize(
    ("travel", "code"),
    [
        ({"provider": "road_graph"}, "CG-1028"),
        ({"provider": "great_circle", "closures": "closed.geojson"}, "CG-1028"),
        ({"provider": "osrm", "closures": "closed.geojson"}, "CG-1028"),
        ({"provider": "matrix", "file": "m.csv", "profile": "truck"}, "CG-1028"),
        (GRAPH | {"file": "../roads.graphml"}, "CG-1008"),
        (GRAPH | {"closures": "/etc/closed.geojson"}, "CG-1008"),
        (OSRM | {"profile": "driving/0,0?x="}, "CG-1012"),
        (OSRM | {"url": "http://elsewhere"}, "CG-1003"),
    ],
)
def test_what_does_not_go_together_is_refused(travel: dict[str, str], code: str) -> None:
    with pytest.raises(InputRefused) as refused:
        _travel(tiny_day.document() | {"travel": travel})
    assert refused.value.faults[0].code == code
    assert refused.value.faults[0].place.startswith("/travel")
