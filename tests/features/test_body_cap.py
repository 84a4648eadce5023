"""Bodies that are too long are refused on every route before they are read to their end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.routers.body_cap import STRANGERS_BYTES
from tests.asking import parked

PIECE = b" " * 1024
MOST = 8 * 1024
JSON = {"Content-Type": "application/json", "If-Match": '"plan-1.1"'}


def pieces(count: int) -> Iterator[bytes]:
    """Give a body piece by piece, without saying how long it will be."""
    for _ in range(count):
        yield PIECE


@pytest.mark.parametrize("path", ["/v1/plans", "/v1/plans/plan-1/orders", "/v1/stops/s/events"])
@pytest.mark.parametrize("stated", [True, False])
def test_no_route_reads_more_than_the_cap(tmp_path: Path, path: str, stated: bool) -> None:
    with parked(tmp_path, upload_bytes=MOST) as (client, _):
        body = PIECE * 9 if stated else pieces(9)
        answer = client.post(path, content=body, headers=JSON)
        assert (answer.status_code, answer.json()["code"]) == (413, "CG-7004")
        assert f"longer than {MOST} bytes" in answer.json()["detail"]
        assert client.post(path, content=PIECE * 8, headers=JSON).json()["code"] != "CG-7004"


@pytest.mark.parametrize("stated", [True, False])
def test_a_stranger_may_send_little(tmp_path: Path, stated: bool) -> None:
    with parked(tmp_path) as (client, _):
        count = STRANGERS_BYTES // len(PIECE) + 1
        body = PIECE * count if stated else pieces(count)
        answer = client.post("/v1/session", content=body, headers=JSON)
        assert (answer.status_code, answer.json()["code"]) == (413, "CG-7004")
