"""A roster file says who is told, and every fault of it is found at once, without its secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.domain.errors import InputRefused
from optimizer.domain.temperature import Zone
from telemetry.alarm.words import Severity
from telemetry.calling.roster import Places, Roster, Shift, Step
from telemetry.calling.roster_file import load_roster, read_roster
from telemetry.calling.words import Language

WHOLE = """
schema: coldgrid/roster/1
time_zone: Asia/Shanghai
link: https://coldgrid.example.org/
gather_s: 20
webhooks:
  desk: {url: "env:DESK_URL", secret: "env:DESK_SECRET"}
receivers:
  desk: {webhook: desk, language: zh}
  li: {mail: li@example.org}
teams:
  - name: night
    places: {assets: ["G*"], points: ["G1/room-2"], zones: [frozen, chilled]}
    shifts:
      - {days: [mon, sun], from: "22:00", to: 06:00}
      - {from: 22:30, to: "23:00", time_zone: Europe/Berlin}
    severity: critical
    tell: [desk, li]
    escalate: [{after_min: 60, tell: li}, {tell: [desk]}]
otherwise: li
"""
ENVIRONMENT = {"DESK_URL": "https://hooks.example.org/T0K3N", "DESK_SECRET": "s3cret"}


def test_a_whole_roster_is_read() -> None:
    roster = read_roster(WHOLE, "roster.yaml", ENVIRONMENT)
    (team,) = roster.teams
    desk = roster.receivers["desk"]
    assert desk.webhook is not None
    assert (desk.webhook.url, desk.webhook.secret) == ("https://hooks.example.org/T0K3N", "s3cret")
    assert (desk.sink, roster.receivers["li"].sink) == ("webhook", "mail")
    assert (desk.language, roster.receivers["li"].language) == (Language.ZH, Language.EN)
    assert (roster.gather_s, roster.link) == (20, "https://coldgrid.example.org")
    assert team.places == Places(
        assets=("G*",), points=("G1/room-2",), zones=frozenset({Zone.FROZEN, Zone.CHILLED})
    )
    assert team.least is Severity.CRITICAL
    assert team.shifts == (
        Shift(from_minute=1320, to_minute=360, time_zone="Asia/Shanghai", days=frozenset({0, 6})),
        Shift(from_minute=1350, to_minute=1380, time_zone="Europe/Berlin"),
    )
    assert team.chain == (Step(after_min=0, tell=("desk",)), Step(after_min=60, tell=("li",)))
    assert roster.otherwise == ("li",)


def test_nothing_of_a_roster_shows_an_address_or_a_secret_of_a_webhook() -> None:
    shown = repr(read_roster(WHOLE, "roster.yaml", ENVIRONMENT))
    assert "T0K3N" not in shown
    assert "s3cret" not in shown


def faults_of(text: str) -> list[tuple[str, str]]:
    with pytest.raises(InputRefused) as refused:
        read_roster(text, "roster.yaml", ENVIRONMENT)
    return [(fault.code, f"{fault.place}: {fault.cause}") for fault in refused.value.faults]


def test_all_faults_are_found_at_once_each_with_its_line() -> None:
    faults = faults_of("""schema: coldgrid/roster/1
time_zone: Mars/Olympus
gather_s: -3
webhooks:
  a: {url: "ftp://host/s3cret", secret: env:MISSING}
  b: {url: "https://user:s3cret@host/"}
receivers:
  a: {webhook: nobody}
  b: {webhook: a, mail: li@example.org}
  c: {mail: "s3cret\\r\\nBcc: x@example.org", language: fr}
  d: {}
teams:
  - name: one
    places: {zones: [warm], rooms: []}
    shifts: [{from: "25:00"}]
    severity: loud
    tell: [nobody]
    escalate: [{after_min: soon}]
  - name: two
    name: three
    tell: a
    shifts: [{days: [mon], from: 08:00, to: 16:00}]
""")
    places = [text.split(": ")[0] + ": " + text.split(": ")[1] for _, text in faults]
    assert [(code, place.removeprefix("roster.yaml line ")) for (code, _), place in zip(
        faults, places, strict=True
    )] == [
        ("CG-8402", "2: time_zone"),
        ("CG-8405", "5: webhooks.a.url"),
        ("CG-8405", "5: webhooks.a.secret"),
        ("CG-8405", "6: webhooks.b.url"),
        ("CG-8403", "8: receivers.a.webhook"),
        ("CG-8402", "9: receivers.b"),
        ("CG-8402", "10: receivers.c.language"),
        ("CG-8405", "10: receivers.c.mail"),
        ("CG-8402", "11: receivers.d"),
        ("CG-8403", "17: teams[0].tell[0]"),
        ("CG-8404", "17: teams[0].tell"),
        ("CG-8404", "roster.yaml: teams[0].escalate[0].tell"),
        ("CG-8402", "18: teams[0].escalate[0].after_min"),
        ("CG-8401", "14: teams[0].places.rooms"),
        ("CG-8402", "14: teams[0].places.zones[0]"),
        ("CG-8402", "roster.yaml: teams[0].shifts[0].to"),
        ("CG-8402", "15: teams[0].shifts[0].from"),
        ("CG-8402", "16: teams[0].severity"),
        ("CG-8401", "20: teams[1].name"),
        ("CG-8402", "3: gather_s"),
        ("CG-8404", "roster.yaml: otherwise"),
    ]  # fmt: skip
    assert "s3cret" not in str(faults)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("schema: [", "this is no YAML"),
        ("schema: coldgrid/roster/2", "the schema is not coldgrid/roster/1"),
        ("- a\n- b", "keys with values belong here"),
        ("a: &x [1]\nb: *x", "aliases (*name) are not taken"),
        ("a: " + "[" * 50 + "]" * 50, "it is nested too deep"),
        ("\x00", "characters that YAML does not allow"),
        ("#" * 1_000_001, "the file is longer than 1000000 characters"),
        ("schema: coldgrid/roster/1\nteams: !!python/object:os.system {}", "there is no"),
    ],
)
def test_a_text_that_is_no_roster_is_refused(text: str, cause: str) -> None:
    faults = faults_of(text)
    if cause != "there is no":
        assert cause in faults[0][1]


def test_an_hour_without_a_team_is_no_fault_where_somebody_is_told_otherwise() -> None:
    text = WHOLE.replace("otherwise: li", "otherwise: []")
    assert faults_of(text) == [
        ("CG-8404", "roster.yaml line 20: otherwise: at some hour or place no team would be told")
    ]
    everywhere = text.replace("teams:", "teams:\n  - {name: all, tell: li}")
    assert len(read_roster(everywhere, "roster.yaml", ENVIRONMENT).teams) == 2


def test_a_file_is_read_and_one_that_cannot_be_read_is_one_fault(tmp_path: Path) -> None:
    path = tmp_path / "roster.yaml"
    path.write_text(WHOLE, encoding="utf-8")
    assert isinstance(load_roster(path, ENVIRONMENT), Roster)
    path.write_bytes(b"\xff\xfe\x00")
    for broken in (path, tmp_path / "none.yaml"):
        with pytest.raises(InputRefused, match="CG-8401"):
            load_roster(broken, ENVIRONMENT)


def test_a_roster_with_nobody_in_it_is_refused() -> None:
    assert [code for code, _ in faults_of("schema: coldgrid/roster/1")] == ["CG-8404"]
