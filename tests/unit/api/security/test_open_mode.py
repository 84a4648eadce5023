from __future__ import annotations

import pytest

from api.problem_details import Refusal
from api.security.open_mode import (
    PROXY_HEADERS,
    host_of,
    is_loopback,
    may_listen,
    require_local,
    require_may_listen,
)

LOCAL = {"host": "localhost:8000"}


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.8.9.1", "::1"])
def test_loopback_has_several_names(host: str) -> None:
    assert is_loopback(host)
    assert may_listen(host, users_exist=False)


@pytest.mark.parametrize(
    "host",
    ["", "0.0.0.0", "::", "192.168.1.4", "localhost.evil.example", "evil.example", "127.0.0.1.x"],
)
def test_without_users_the_service_listens_nowhere_else(host: str) -> None:
    assert not may_listen(host, users_exist=False)
    assert may_listen(host, users_exist=True)
    require_may_listen(host, users_exist=True)
    with pytest.raises(Refusal) as refused:
        require_may_listen(host, users_exist=False)
    assert refused.value.code == "CG-7413"


@pytest.mark.parametrize(
    ("header", "host"),
    [
        ("localhost", "localhost"),
        ("127.0.0.1:8000", "127.0.0.1"),
        ("[::1]:8000", "::1"),
        ("", ""),
        ("[::1", ""),
        ("localhost@evil.example", "evil.example"),
        ("evil.example/localhost", "evil.example"),
    ],
)
def test_a_host_header_is_read_as_a_browser_means_it(header: str, host: str) -> None:
    assert host_of(header) == host


@pytest.mark.parametrize("client", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_this_machines_own_people_pass(client: str, host: str) -> None:
    require_local(client, {"host": host})
    require_local(client, {"host": host, "origin": f"http://{host}", "sec-fetch-site": "none"})


@pytest.mark.parametrize(
    ("client", "headers", "why"),
    [
        ("192.168.1.7", LOCAL, "192.168.1.7"),
        (None, LOCAL, "unknown address"),
        ("testclient", LOCAL, "testclient"),
        ("127.0.0.1", {}, "Host header is empty"),
        ("127.0.0.1", {"host": "evil.example"}, "evil.example"),
        ("127.0.0.1", {"host": "evil.example:8000"}, "evil.example"),
        ("127.0.0.1", LOCAL | {"origin": "http://evil.example"}, "evil.example"),
        ("127.0.0.1", LOCAL | {"origin": "null"}, "null"),
        ("127.0.0.1", LOCAL | {"origin": "http://localhost.evil.example"}, "evil.example"),
        ("127.0.0.1", LOCAL | {"sec-fetch-site": "cross-site"}, "elsewhere"),
    ],
)
def test_what_is_not_of_this_machine_does_not_pass(
    client: str | None, headers: dict[str, str], why: str
) -> None:
    with pytest.raises(Refusal, match=why) as refused:
        require_local(client, headers)
    assert refused.value.code == "CG-7408"


@pytest.mark.parametrize("name", PROXY_HEADERS)
def test_what_a_proxy_passes_on_may_come_from_anywhere(name: str) -> None:
    with pytest.raises(Refusal, match=name):
        require_local("127.0.0.1", LOCAL | {name: "127.0.0.1"})
