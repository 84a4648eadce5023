from __future__ import annotations

import pytest

from api.problem_details import Refusal, status_of
from api.security.access import ACCESS, may
from api.security.narrowing import require_site, require_vehicle, sees
from api.security.principal import ANONYMOUS, LOCAL, Principal, Role

DRIVER = Principal(name="user:wang", role=Role.DRIVER, vehicle="V1")
LEADER = Principal(name="user:zhao", role=Role.LEADER, sites=frozenset({"P1", "P2"}))


def test_who_is_not_narrowed_sees_everything() -> None:
    require_vehicle(LOCAL, "V9")
    require_site(LOCAL, "P9")
    assert sees(LOCAL, vehicle="V9", site="P9")


def test_a_driver_has_one_vehicle_at_every_site() -> None:
    require_vehicle(DRIVER, "V1")
    require_site(DRIVER, "P9")
    assert sees(DRIVER, vehicle="V1", site="P9")
    assert not sees(DRIVER, vehicle="V2", site="P9")
    with pytest.raises(Refusal, match="V1, not V2") as refused:
        require_vehicle(DRIVER, "V2")
    assert status_of(refused.value.code) == 403


def test_a_leader_has_some_sites_whatever_comes_there() -> None:
    require_site(LEADER, "P2")
    require_vehicle(LEADER, "V9")
    assert sees(LEADER, vehicle="V9", site="P1")
    assert not sees(LEADER, vehicle="V9", site="P3")
    with pytest.raises(Refusal, match="P1, P2, not P3"):
        require_site(LEADER, "P3")


def test_an_account_of_no_site_sees_none() -> None:
    with pytest.raises(Refusal, match="no site"):
        require_site(Principal(name="user:a", role=Role.LEADER, sites=frozenset()), "P1")


def test_anonymous_may_nothing_and_sees_nothing() -> None:
    assert not any(may(ANONYMOUS, operation) for operation in ACCESS)
    assert not sees(ANONYMOUS, vehicle="V1", site="P1")
