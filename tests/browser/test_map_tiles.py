"""A base map is asked for where one is set, at the right place; else nobody is asked."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import asinh, floor, pi, radians, tan
from pathlib import Path
from threading import Thread

from playwright.sync_api import Browser, expect

from api.pages.files import browser_files
from tests.watched_board import watched_board

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
# Places of three cities in WGS 84, and where GCJ-02 has them, as published with eviltransform.
SAME_PLACES = (
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
)
DRAW = """async ([address, lat, lng, tiles]) => {
    const { layTiles } = await import(address);
    const box = document.body.appendChild(document.createElement("div"));
    box.style = "position: fixed; inset: 0 auto auto 0; width: 8px; height: 8px";
    layTiles(L.map(box, { attributionControl: false, zoomControl: false })
        .setView([lat, lng], 17), tiles);
}"""
SHIFT = """async ([address, lat, lng]) => {
    const { toGcj } = await import(address);
    const moved = toGcj({ lat, lng });
    return [moved.lat, moved.lng];
}"""


@contextmanager
def tile_server() -> Iterator[tuple[str, list[str]]]:
    """Serve one picture for everything; gives the address and what was asked."""
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.end_headers()
            self.wfile.write(PICTURE)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


def tile_of(lat: float, lon: float, zoom: int) -> str:
    """Name the tile of a place, as web maps number them."""
    count = 2**zoom
    down = (1 - asinh(tan(radians(lat))) / pi) / 2
    return f"{zoom}/{floor((lon + 180) / 360 * count)}/{floor(down * count)}.png"


def test_tiles_are_asked_for_where_the_map_is_shifted_for_chinese_providers(
    browser: Browser, tmp_path: Path
) -> None:
    with tile_server() as (tiles, asked):
        settings = {"map_tiles": f"{tiles}/ours/{{z}}/{{x}}/{{y}}.png", "map_attribution": "© <Us>"}
        with watched_board(tmp_path, **settings) as board, browser.new_context() as context:
            page = context.new_page()
            page.goto(f"{board.address}/dispatch")
            # As text, never as markup.
            expect(page.locator(".leaflet-control-attribution")).to_have_text("© <Us>")
            expect(page.locator("#map img.leaflet-tile-loaded").first).to_be_attached()
            assert f"/ours/{tile_of(28.2, 112.9, 11)}" in asked
            script = browser_files().address("map_tiles.js")
            for wgs, gcj in SAME_PLACES:
                found = page.evaluate(SHIFT, [script, *wgs])
                assert max(abs(a - b) for a, b in zip(found, gcj, strict=True)) < 1e-6
                for datum, place in (("wgs84", wgs), ("gcj02", gcj)):
                    url = f"{tiles}/{datum}/{{z}}/{{x}}/{{y}}.png"
                    given = {"url": url, "attribution": "", "datum": datum}
                    with page.expect_response(f"{tiles}/{datum}/{tile_of(*place, 17)}"):
                        page.evaluate(DRAW, [script, *wgs, given])
