"""No path of any route leads out of what the service serves."""

from __future__ import annotations

import re
from pathlib import Path

from tests.serving import served

MARK = "nobody may read this"
BROWSER_FILES = "/static/any/{path}"
PARAMETER = re.compile(r"\{[^}]+\}")
WAYS = (
    "..%2Fsecret.txt",
    "..%2F..%2F..%2F..%2F..%2Fetc%2Fpasswd",
    "%252e%252e%252fsecret.txt",
    "secret.txt%00.js",
)


def test_no_path_of_any_route_leads_outside(tmp_path: Path) -> None:
    inner = tmp_path / "service"
    inner.mkdir()
    for folder in (tmp_path, inner):
        (folder / "secret.txt").write_text(MARK)
    with served(inner, travel_folder=inner) as (client, _):
        paths = client.get("/v1/openapi.json").json()["paths"]
        asked = [path for path, ways in paths.items() if "get" in ways and PARAMETER.search(path)]
        assert len(asked) > 20
        for path in (*asked, BROWSER_FILES):
            for way in WAYS:
                answer = client.get(PARAMETER.sub(way, path))
                assert answer.status_code < 500, (path, way)
                assert MARK not in answer.text, (path, way)
                assert "root:" not in answer.text, (path, way)
