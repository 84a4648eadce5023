"""Pages as a browser gets them: in its language, closed against other hosts, without facts."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.pages.files import browser_files
from api.routers import pages
from api.security.access import ACCESS, PAGES, PUBLIC
from api.wiring import Wiring
from tests.people import staff
from tests.serving import served
from tests.watched_service import watched

PATHS = (
    "/sign-in", "/cold-chain", "/cold-chain?wall", "/cold-chain/points/G1/freezer", "/shift",
    "/reroutes", "/reroutes/reroute-1", "/driver", "/dispatch",
    "/scenarios",
)  # fmt: skip


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Wiring]]:
    with served(tmp_path_factory.mktemp("pages")) as (client, wiring):
        staff(wiring)
        yield client, wiring


@pytest.fixture
def client(service: tuple[TestClient, Wiring]) -> TestClient:
    client, _ = service
    client.cookies.clear()
    return client


def test_routes_and_the_table_of_pages_name_each_other() -> None:
    routes = {getattr(route, "operation_id", None) for route in pages.router.routes}
    assert routes == set(PAGES)
    assert not PAGES & (PUBLIC | set(ACCESS))


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_there_for_a_stranger_and_holds_no_fact(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Freezer" not in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", PATHS)
def test_a_page_loads_nothing_from_elsewhere_and_has_no_script_in_its_text(
    client: TestClient, path: str
) -> None:
    answer = client.get(path)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", answer.text)
    assert not re.search(r"<script(?![^>]*(?:src=|application/json))", answer.text)
    assert not re.search(r"\s(?:style|on\w+)=", answer.text)


def test_a_page_speaks_the_language_of_its_reader(client: TestClient) -> None:
    english = client.get("/cold-chain", headers={"Accept-Language": "en"})
    assert '<html lang="en"' in english.text
    assert english.headers["content-language"] == "en"
    chinese = client.get("/cold-chain", headers={"Accept-Language": "zh"})
    assert '<html lang="zh-Hans-CN"' in chinese.text
    assert "冷链看板" in chinese.text
    switched = client.get(
        "/cold-chain", headers={"Accept-Language": "zh", "Cookie": "coldgrid_language=en"}
    )
    assert '<html lang="en"' in switched.text


def test_the_name_of_a_point_in_the_address_cannot_become_markup(client: TestClient) -> None:
    answer = client.get("/cold-chain/points/%3C%2Fscript%3E%3Cscript%3Ealert(1)")
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


def test_the_start_page_leads_to_the_cold_chain_board(client: TestClient) -> None:
    answer = client.get("/", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/cold-chain"


def test_a_file_under_its_version_is_kept_for_ever(client: TestClient) -> None:
    answer = client.get(browser_files().address("cold_chain.js"))
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"


def test_a_file_under_an_older_version_is_not_kept(client: TestClient) -> None:
    answer = client.get("/static/0000/cold_chain.js")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["nothing.js", "%2e%2e/shell.py", "templates/frame.html", "words.py"]
)
def test_no_other_file_is_given_away(client: TestClient, path: str) -> None:
    answer = client.get(f"/static/{browser_files().version}/{path}")
    assert answer.status_code == 404


def test_leaflet_comes_from_where_it_is_installed(client: TestClient) -> None:
    assert client.get(browser_files().address("leaflet/leaflet.js")).status_code == 200
    assert client.get(browser_files().address("leaflet/leaflet.css")).status_code == 200
    assert not list((Path(pages.__file__).parents[1] / "pages").rglob("*leaflet*"))


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/cold-chain", 100_000), ("/shift", 100_000), ("/driver", 100_000),
        ("/reroutes/reroute-1", 100_000),
        # A desk: with the map, and half of what it may load left for the plan.
        ("/dispatch", 150_000),
    ],
)  # fmt: skip
def test_a_board_stays_within_what_its_reader_may_load(
    client: TestClient, path: str, most: int
) -> None:
    page = client.get(path)
    named = set(re.findall(r"/static/\w+/([\w/.-]+)", page.text))
    # Modules come later, too; whatever a script mentions may be fetched.
    for script in named:
        named = named | _fetched_by(script)
    files = browser_files().by_path
    zipped = sum(len(files[name].zipped) for name in named)
    assert zipped + len(gzip.compress(page.content, 5)) < most


def _fetched_by(script: str) -> set[str]:
    text = browser_files().by_path[script].body.decode() if script.endswith(".js") else ""
    later = re.findall(r"""import\("\./([\w.]+)"\)""", text)
    return {one for name in later for one in (name, *browser_files().needed_by(name))}


def test_a_page_names_every_module_that_its_script_needs(client: TestClient) -> None:
    text = client.get("/dispatch").text
    preloaded = re.findall(r'rel="modulepreload" href="/static/\w+/([\w.]+)"', text)
    assert set(browser_files().needed_by("dispatch.js")) <= set(preloaded)
    assert {"dom.js", "dispatch_map.js", "format.js"} <= set(preloaded)
    # It is asked for when somebody has a file.
    assert "dispatch_upload.js" not in preloaded


def test_answers_are_zipped_for_those_who_can_unzip(client: TestClient) -> None:
    address = browser_files().address("coldgrid.css")
    assert client.get(address).headers["content-encoding"] == "gzip"
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers


def test_the_stream_of_alarms_is_never_zipped(tmp_path: Path) -> None:
    with watched(tmp_path) as house:
        answer = house.client.get("/v1/alarms/stream")
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert "content-encoding" not in answer.headers


def test_rule_packs_say_what_is_too_warm(tmp_path: Path) -> None:
    with watched(tmp_path) as house:
        packs = {pack["name"]: pack for pack in house.get("/v1/profiles")["items"]}
    frozen = packs["frozen"]
    assert frozen["upper_c"] == -18.0
    assert frozen["lower_c"] is None
    critical = [limit for limit in frozen["limits"] if limit["severity"] == "critical"]
    assert [limit["limit_c"] for limit in critical] == [-15.0]


def test_a_pack_of_ones_own_stands_before_a_shipped_one(tmp_path: Path) -> None:
    folder = tmp_path / "registry"
    folder.mkdir()
    (folder / "profiles.yaml").write_text(
        "name: frozen\nversion: 7\nzone: frozen\nband: {lower_c: -.inf, upper_c: -20.0}\n"
        "limits:\n"
        "  - {name: warn_high, side: high, limit_c: -20.0, severity: warning, on_delay_s: 60}\n"
    )
    with watched(tmp_path) as house:
        packs = {pack["name"]: pack for pack in house.get("/v1/profiles")["items"]}
    assert (packs["frozen"]["version"], packs["frozen"]["upper_c"]) == (7, -20.0)
