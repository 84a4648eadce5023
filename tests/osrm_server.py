"""A small server that speaks OSRM's table service and measures great circles."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from optimizer.travel.great_circle import haversine_m

METRES_PER_SECOND = 10.0
CIRCUITY = 1.4
REFUSED = 400


@dataclass(slots=True, kw_only=True)
class OsrmTown:
    """What the server knows and what it was asked.

    `limit` coordinates at most; the statuses in `fails` are answered first, one each; no way leads
    to or from a coordinate whose longitude is one of `cut_off`.
    """

    limit: int = 100
    fails: list[int] = field(default_factory=list)
    cut_off: frozenset[float] = frozenset()
    asked: list[str] = field(default_factory=list)
    address: str = ""

    def answer(self, path: str) -> tuple[int, dict[str, Any]]:
        self.asked.append(path)
        if self.fails:
            return self.fails.pop(0), {"code": "InternalError"}
        parts = urlsplit(path)
        _, service, version, profile, places = parts.path.split("/")
        if (service, version, profile) != ("table", "v1", "driving"):
            return REFUSED, {"code": "InvalidService", "message": "unknown"}
        where = [tuple(map(float, pair.split(","))) for pair in places.split(";")]
        if len(where) > self.limit:
            return REFUSED, {"code": "TooBig", "message": "Too many table coordinates"}
        query = parse_qs(parts.query)
        start = [where[int(at)] for at in query["sources"][0].split(";")]
        end = [where[int(at)] for at in query["destinations"][0].split(";")]
        table = haversine_m(
            [lat for _, lat in start], [lon for lon, _ in start],
            [lat for _, lat in end], [lon for lon, _ in end],
        )  # fmt: skip
        distances: list[list[float | None]] = (table * CIRCUITY).round(1).tolist()
        for row, (lon, _) in zip(distances, start, strict=True):
            for at, (to_lon, _) in enumerate(end):
                if lon != to_lon and {lon, to_lon} & self.cut_off:
                    row[at] = None
        durations = [
            [None if d is None else round(d / METRES_PER_SECOND, 1) for d in row]
            for row in distances
        ]
        return 200, {"code": "Ok", "distances": distances, "durations": durations}


@contextmanager
def osrm_town(**knows: Any) -> Iterator[OsrmTown]:
    """Run the server on a free port of this machine."""
    town = OsrmTown(**knows)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, document = town.answer(self.path)
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    town.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield town
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
