"""Reads the roster from YAML, and finds all of its faults at once.

::

    schema: coldgrid/roster/1
    time_zone: Asia/Shanghai
    link: https://coldgrid.example.org
    gather_s: 10
    webhooks:
      desk: {url: "env:DESK_URL", secret: "env:DESK_SECRET"}
    receivers:
      desk: {webhook: desk, language: zh}
      li: {mail: li@example.org, language: zh}
      chief: {mail: chief@example.org}
    teams:
      - name: night
        places: {assets: ["G*"], zones: [frozen, chilled]}
        shifts:
          - {days: [mon, tue, wed, thu, fri], from: "22:00", to: "06:00"}
        severity: warning
        tell: [desk, li]
        escalate: [{tell: chief}, {after_min: 60, tell: desk}]
    otherwise: [chief]

``env:NAME`` takes a value from the environment, so that no secret needs to stand in the file. What
a fault shows of the file is never an address or a secret.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from optimizer.domain.errors import InputRefused
from optimizer.domain.file_text import text_of
from optimizer.domain.temperature import Zone
from telemetry.alarm.words import Severity
from telemetry.calling.roster import (
    EVERY_DAY,
    MINUTES_PER_DAY,
    Places,
    Receiver,
    Roster,
    Shift,
    Step,
    Team,
    Webhook,
)
from telemetry.calling.roster_values import (
    clock,
    is_web_address,
    link,
    mail,
    one_of,
    time_zone,
    whole,
)
from telemetry.calling.words import Language
from telemetry.calling.yaml_nodes import FaultLog, Node, parsed

ROSTER_SCHEMA = "coldgrid/roster/1"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FROM_ENVIRONMENT = "env:"
LONGEST_GATHERING_S = 600
LONGEST_CHAIN_MIN = 7 * MINUTES_PER_DAY

_LANGUAGES = {language.value: language for language in Language}
_SEVERITIES = {severity.word: severity for severity in Severity}
_ZONES = {zone.value: zone for zone in Zone}
_DAYS = {day: index for index, day in enumerate(DAYS)}

SHAPE, VALUE, UNKNOWN, UNTOLD, SECRET = "CG-8401", "CG-8402", "CG-8403", "CG-8404", "CG-8405"


def load_roster(path: Path, environment: Mapping[str, str]) -> Roster:
    """Read a roster file.

    Parameters
    ----------
    path
        The file.
    environment
        Where ``env:NAME`` is looked up.

    Raises
    ------
    InputRefused
        With every fault of the file.
    """
    log = FaultLog()
    try:
        text = text_of(path.read_bytes())
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or str(error)
        log.add(SHAPE, path.name, f"the file cannot be read: {cause}")
        raise InputRefused(log.faults) from error
    return read_roster(text, path.name, environment)


def read_roster(text: str, place: str, environment: Mapping[str, str]) -> Roster:
    """Read a roster.

    Parameters
    ----------
    text
        YAML.
    place
        What faults call it.
    environment
        Where ``env:NAME`` is looked up.

    Raises
    ------
    InputRefused
        With every fault.
    """
    log = FaultLog()
    roster = _Reader(environment).roster(parsed(text, place, SHAPE, log))
    if log.faults:
        raise InputRefused(log.faults)
    return roster


class _Reader:
    """Reads the parts in the order in which they name each other."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._webhooks: dict[str, Webhook] = {}
        self._receivers: dict[str, Receiver] = {}
        self._time_zone = "UTC"

    def roster(self, root: Node) -> Roster:
        field = root.fields(SHAPE, (
            "schema", "time_zone", "link", "gather_s", "webhooks", "receivers", "teams",
            "otherwise",
        ))  # fmt: skip
        if field("schema").text(SHAPE) != ROSTER_SCHEMA:
            field("schema").fault(SHAPE, f"the schema is not {ROSTER_SCHEMA}")
        self._time_zone = field("time_zone").read(VALUE, time_zone, "UTC")
        for name, node in field("webhooks").entries(SHAPE):
            self._webhooks[name] = self._webhook(node)
        for name, node in field("receivers").entries(SHAPE):
            self._receivers[name] = self._receiver(name, node)
        roster = Roster(
            receivers=self._receivers,
            teams=tuple(self._team(node) for node in field("teams").items(SHAPE)),
            otherwise=self._names(field("otherwise")),
            time_zone=self._time_zone,
            link=field("link").read(VALUE, link, ""),
            gather_s=field("gather_s").read(VALUE, whole(0, LONGEST_GATHERING_S), 10),
        )
        if not roster.otherwise and not any(_is_always_there(team) for team in roster.teams):
            field("otherwise").fault(UNTOLD, "at some hour or place no team would be told")
        return roster

    def _webhook(self, node: Node) -> Webhook:
        field = node.fields(SHAPE, ("url", "secret"))
        url = self._hidden(field("url"))
        if not is_web_address(url):
            field("url").fault(SECRET, "this is no http:// or https:// address of a host")
        return Webhook(url=url, secret=self._hidden(field("secret")))

    def _hidden(self, node: Node) -> str:
        """Read a value that nobody may see, from the file or from the environment."""
        text = node.text(SHAPE) or ""
        if not text.startswith(FROM_ENVIRONMENT):
            return text
        name = text.removeprefix(FROM_ENVIRONMENT)
        if name not in self._environment:
            node.fault(SECRET, "the environment variable that it names is not set")
        return self._environment.get(name, "")

    def _receiver(self, name: str, node: Node) -> Receiver:
        field = node.fields(SHAPE, ("webhook", "mail", "language"))
        if field("webhook").is_absent == field("mail").is_absent:
            node.fault(VALUE, "a receiver has a webhook or a mail address, and not both")
        webhook = field("webhook").text(SHAPE)
        if webhook is not None and webhook not in self._webhooks:
            field("webhook").fault(UNKNOWN, "there is no such webhook")
        language = field("language").read(VALUE, one_of(_LANGUAGES), Language.EN)
        return Receiver(
            name=name,
            webhook=None if webhook is None else self._webhooks.get(webhook),
            mail=field("mail").read(SECRET, mail, None),
            language=language,
        )

    def _team(self, node: Node) -> Team:
        field = node.fields(SHAPE, ("name", "places", "shifts", "severity", "tell", "escalate"))
        tell = self._names(field("tell"))
        if not tell:
            field("tell").fault(UNTOLD, "a team that tells nobody")
        chain = [self._step(step) for step in field("escalate").items(SHAPE)]
        return Team(
            name=field("name").text(SHAPE) or "",
            places=_places(field("places")),
            shifts=tuple(self._shift(shift) for shift in field("shifts").items(SHAPE)),
            least=field("severity").read(VALUE, one_of(_SEVERITIES), Severity.WARNING),
            tell=tell,
            chain=tuple(sorted(chain, key=lambda step: step.after_min)),
        )

    def _step(self, node: Node) -> Step:
        field = node.fields(SHAPE, ("after_min", "tell"))
        tell = self._names(field("tell"))
        if not tell:
            field("tell").fault(UNTOLD, "a step that tells nobody")
        after = field("after_min").read(VALUE, whole(0, LONGEST_CHAIN_MIN), 0)
        return Step(after_min=after, tell=tell)

    def _shift(self, node: Node) -> Shift:
        field = node.fields(SHAPE, ("days", "from", "to", "time_zone"))
        for name in ("from", "to"):
            if field(name).is_absent:
                field(name).fault(VALUE, "a shift needs from and to, like 22:00")
        days = [day.read(VALUE, one_of(_DAYS), 0) for day in field("days").items(SHAPE)]
        return Shift(
            from_minute=field("from").read(VALUE, clock, 0),
            to_minute=field("to").read(VALUE, clock, 0),
            time_zone=field("time_zone").read(VALUE, time_zone, self._time_zone),
            days=frozenset(days) or EVERY_DAY,
        )

    def _names(self, node: Node) -> tuple[str, ...]:
        names: list[str] = []
        for item in node.items(SHAPE):
            name = item.text(SHAPE)
            if name is not None and name not in self._receivers:
                item.fault(UNKNOWN, "there is no such receiver")
            elif name is not None:
                names.append(name)
        return tuple(names)


def _places(node: Node) -> Places:
    field = node.fields(SHAPE, ("assets", "points", "zones"))
    zones = [zone.read(VALUE, one_of(_ZONES), Zone.FROZEN) for zone in field("zones").items(SHAPE)]
    return Places(
        assets=tuple(_texts(field("assets"))),
        points=tuple(_texts(field("points"))),
        zones=frozenset(zones),
    )


def _texts(node: Node) -> Iterator[str]:
    return (text for item in node.items(SHAPE) if (text := item.text(SHAPE)))


def _is_always_there(team: Team) -> bool:
    return not team.shifts and team.places == Places()
