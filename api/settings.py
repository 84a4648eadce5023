"""Settings of the service, from environment variables that begin with ``COLDGRID_``."""

# Long because every setting stands here with what it may be: one place to look.

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from optimizer.domain.errors import Fault, InputRefused
from optimizer.travel.means import BLOCK, CACHE_BYTES, TravelMeans, default_cache, servers_of

PREFIX = "COLDGRID_"
OTHER_VARIABLES = frozenset({"COLDGRID_DATA"})
"""Variables of this prefix that are no settings of the service: where tests find real data."""

LONGEST_QUOTE = 60
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_RULE = re.compile(r"(?:I|II|III):[0-9]{1,12}:[0-9]{1,5}(?:\.[0-9]{1,3})?")
_HOST = re.compile(r"[A-Za-z0-9.-]+(?::[0-9]{1,5})?")
_PASSWORD = re.compile(r"(?<=://)[^/@\s]*(?=@)")
"""User and password of an address, which no message repeats."""


def _cores() -> int:
    return os.cpu_count() or 1


def _setting(default: Any, meaning: str, allowed: str, **limits: Any) -> Any:  # noqa: ANN401 - as pydantic's Field
    """Describe one setting; ``allowed`` is what a person is told whose value was refused."""
    start = {"default_factory": default} if callable(default) else {"default": default}
    extra: dict[str, Any] = {"allowed": allowed}
    return Field(**start, description=meaning, json_schema_extra=extra, **limits)


class Settings(BaseSettings):
    """What an operator can set; ``docs/operator.md`` has the table of the variables."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="ignore", frozen=True, env_ignore_empty=True
    )

    database: str = _setting(
        "sqlite:///coldgrid.db",
        "where everything is kept",
        "`sqlite:///FILE` or `postgresql+psycopg://USER:PASSWORD@HOST/NAME`",
    )
    host: str = _setting(
        "127.0.0.1",
        "where the service listens; without users it refuses any host but loopback",
        "a name or address of this machine",
    )
    beside: bool = _setting(
        False,
        "several services answer on one database: one leads, another takes over when it is gone",
        "`true` for each of them",
    )
    port: int = _setting(
        8000, "where the service listens; 0 takes any free port", "0 to 65535", ge=0, le=65535
    )
    trusted_proxies: str = _setting(
        "127.0.0.1",
        "addresses whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed",
        "addresses or networks, with commas between them",
    )
    running_jobs: int = _setting(
        _cores, "jobs at a time; the others wait", "1 or more; default one per core", ge=1
    )
    waiting_jobs: int = _setting(100, "jobs that may wait; one more is refused", "0 or more", ge=0)
    job_workers: int = _setting(1, "processes per job", "1 or more", ge=1)
    scheduler: str = _setting(
        "",
        "the Dask cluster that plans the grids of a job instead of processes of this machine;"
        " needs `coldgrid[dask]`, and the same releases on every worker",
        "`tcp://HOST:PORT` or `tls://HOST:PORT`",
        pattern=r"^((tcp|tls)://[A-Za-z0-9.-]+:[0-9]{1,5})?$",
    )
    job_attempts: int = _setting(
        3, "how often a job is begun, at most, when the service goes down under it", "1 or more",
        ge=1,
    )  # fmt: skip
    order_lines: int = _setting(20_000, "order lines per request", "1 or more", ge=1)
    upload_bytes: int = _setting(64 * 1024 * 1024, "bytes per request", "1024 or more", ge=1024)
    travel_folder: Path | None = _setting(
        None,
        "where matrix files, road graphs and closures lie that a problem may name by file name",
        "a folder",
    )
    travel_cache: Path | None = _setting(
        None,
        "where distances along roads are remembered; by default the user's cache folder",
        "a folder that can be written",
    )
    travel_cache_bytes: int = _setting(
        CACHE_BYTES, "how large that folder may grow", "1048576 or more", ge=1024 * 1024
    )
    osrm_url: str = _setting(
        "",
        "OSRM servers: one for every profile, or one for each",
        "`http://HOST:PORT`, or `PROFILE=http://HOST:PORT` with commas between them",
    )
    osrm_data: str = _setting(
        "",
        "a label of the OSRM servers' road data; under a new one nothing old is remembered",
        "any words",
    )
    osrm_block: int = _setting(
        BLOCK, "coordinates of one request to OSRM", "2 to 10000", ge=2, le=10_000
    )
    osrm_timeout_s: float = _setting(
        10.0, "how long an OSRM server may be silent", "more than 0", gt=0, le=600,
        allow_inf_nan=False,
    )  # fmt: skip
    font: Path | None = _setting(
        None, "a font with Chinese glyphs for PDFs; by default one is looked for", "a font file"
    )
    frozen_minutes: int = _setting(
        60, "no replan touches a route that leaves within these minutes", "0 or more", ge=0
    )
    stability_cents: int = _setting(
        500,
        "what a stop costs that a replan gives to another van, when orders come late or drivers"
        " have the plan",
        "0 or more",
        ge=0,
    )
    session_hours: float = _setting(
        12.0, "how long a person stays logged in", "more than 0", gt=0, allow_inf_nan=False
    )
    task_due_hours: float = _setting(
        2.0, "until when a damage or a wrong temperature must be dealt with", "more than 0", gt=0,
        le=1000, allow_inf_nan=False,
    )  # fmt: skip
    uncollected_hours: float = _setting(
        24.0, "how long goods may wait at a pickup point before somebody calls the household",
        "more than 0", gt=0, le=1000, allow_inf_nan=False,
    )  # fmt: skip
    stalled_hours: float = _setting(
        24.0, "how long an order under way may go without a report before it becomes a task",
        "more than 0", gt=0, le=1000, allow_inf_nan=False,
    )  # fmt: skip
    late_refund_share: float = _setting(
        0.1, "share of the value that is refunded for goods that came late but whole", "0 to 1",
        ge=0, le=1,
    )  # fmt: skip
    telemetry: str = _setting(
        "sqlite:///coldgrid-telemetry.db",
        "where readings and alarms are kept; the database of the plans will do on PostgreSQL",
        "`sqlite:///FILE` or `postgresql+psycopg://USER:PASSWORD@HOST/NAME`",
    )
    registry: Path | None = _setting(
        None,
        "where `points.csv` and `sensors.csv` say which sensor sits where; without it nothing is"
        " watched",
        "a folder",
    )
    raw_days: int = _setting(
        90, "days that readings are kept as they came", "1 or more", ge=1, le=100_000
    )
    kept_days: int = _setting(
        730,
        "days that five-minute figures and the readings of excursions are kept",
        "1 or more",
        ge=1,
        le=100_000,
    )
    broker: str = _setting(
        "",
        "the broker whose messages `coldgrid monitor` reads",
        "`mqtt://HOST:PORT` or `mqtts://HOST:PORT`, without user and password",
    )
    broker_user: str = _setting("", "who we are to the broker", "a name")
    broker_password: SecretStr | None = _setting(None, "its password", "any text")
    broker_ca: Path | None = _setting(
        None, "certificates that the broker's must be signed by", "a PEM file"
    )
    broker_certificate: Path | None = _setting(
        None, "our own certificate for the broker", "a PEM file"
    )
    broker_key: Path | None = _setting(None, "the key of that certificate", "a PEM file")
    broker_client: str = _setting(
        "coldgrid-monitor",
        "our name in the broker's sessions; two monitors never share one",
        "1 to 128 letters, digits, `-`, `_` and `.`",
        pattern=r"^[A-Za-z0-9._-]{1,128}$",
    )
    mail_server: str = _setting(
        "",
        "the server that takes alert mails; without it none are sent",
        "`smtp://HOST:PORT` or `smtps://HOST:PORT`, without user and password",
    )
    mail_user: str = _setting("", "who we are to the mail server", "a name")
    mail_password: SecretStr | None = _setting(None, "its password", "any text")
    mail_from: str = _setting("", "the sender of alert mails", "a mail address")
    webhook_secret: SecretStr | None = _setting(
        None, "what alerts to other systems are signed with", "any text"
    )
    webhook_networks: str = _setting(
        "",
        "networks that webhooks may lead to though they are not public; none unless named",
        "networks with commas between them: `127.0.0.0/8,10.20.0.0/16,fd00::/8`",
    )
    time_zone: str = _setting(
        "Asia/Shanghai",
        "whose hours and days the pages show",
        "a name of the IANA time zone database",
    )
    navigation: str = _setting(
        "geo:{lat},{lon}?q={lat},{lon}",
        "where the navigation link of the driver's page leads",
        "an address with `{lat}`, `{lon}` (WGS 84 degrees) and, if wanted, `{name}` in it",
    )
    map_tiles: str = _setting(
        "",
        "base map of the dispatch board; empty loads nothing from another host",
        "an address with `{z}`, `{x}` and `{y}` in it: `https://tiles.example/{z}/{x}/{y}.png`",
    )
    map_attribution: str = _setting(
        "",
        "whose the base map is; its providers want that to be said",
        "any text; needed where `COLDGRID_MAP_TILES` is set",
        max_length=300,
        validate_default=True,
    )
    map_datum: str = _setting(
        "wgs84",
        "what the base map is drawn in; providers in China draw in `gcj02`",
        "`wgs84` or `gcj02`",
        pattern="^(wgs84|gcj02)$",
    )
    reroute_automatic: str = _setting(
        "",
        "which proposals are accepted without a person, by severity; empty only proposes",
        "`SEVERITY:CENTS:MINUTES` with commas between them: from such a worth on, when nobody has"
        " answered for so long; `I:50000:5,II:100000:10`",
    )
    eta_webhook: SecretStr | None = _setting(
        None,
        "where pickup points are told of new times after a diversion",
        "`https://…`, or `http://` of this machine",
    )
    device_rights: str = _setting(
        "",
        "`per-device` says that every device may read its own topics of the broker and nothing"
        " else; without it drivers' devices are sent no commands",
        "nothing or `per-device`",
        pattern="^(per-device)?$",
    )
    stream_seconds: float = _setting(
        600.0,
        "after how long a stream of alarms ends and its client comes back, so that whoever has"
        " lost the right to it is not let in again",
        "0 or more",
        ge=0,
        le=86_400,
        allow_inf_nan=False,
    )
    log_format: str = _setting(
        "text",
        "`json` for machines, `text` for people",
        "`text` or `json`",
        pattern="^(text|json)$",
    )
    shutdown_seconds: float = _setting(
        20.0, "how long a graceful stop waits for requests", "more than 0", gt=0,
        allow_inf_nan=False,
    )  # fmt: skip

    @field_validator("osrm_url")
    @classmethod
    def _osrm_servers(cls, text: str) -> str:
        """Refuse what is no list of servers."""
        servers_of(text)
        return text

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        """Refuse what is no time zone."""
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, OSError) as error:
            raise ValueError("there is no such time zone") from error
        return name

    @field_validator("broker", "mail_server")
    @classmethod
    def _bare_address(cls, text: str, info: ValidationInfo) -> str:
        """Refuse what is no address of a server, or bears a password that logs would show."""
        if text:
            schemes = ("mqtt", "mqtts") if info.field_name == "broker" else ("smtp", "smtps")
            parts = urlsplit(text)
            if parts.scheme not in schemes or not parts.hostname or parts.port == 0:
                raise ValueError("that is no address of a server of this kind")
            if "@" in parts.netloc:
                raise ValueError("user and password have settings of their own")
            if parts.path.strip("/") or parts.query or parts.fragment:
                raise ValueError("nothing may follow the port")
        return text

    @field_validator("navigation")
    @classmethod
    def _leads_somewhere(cls, address: str) -> str:
        """Refuse what is no address, could run as a script, or leads to no place."""
        scheme = urlsplit(address).scheme
        if scheme in {"", "javascript", "data", "vbscript"}:
            raise ValueError("that is no address of a map")
        if "{lat}" not in address or "{lon}" not in address:
            raise ValueError("it has to say where {lat} and {lon} stand")
        return address

    @field_validator("map_tiles")
    @classmethod
    def _tiles(cls, address: str) -> str:
        """Refuse what is no address of tiles, or would open the page's policy to more than one."""
        if address:
            parts = urlsplit(address)
            if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(parts.netloc):
                raise ValueError("that is no address of a host")
            if any(blank not in parts.path + parts.query for blank in ("{z}", "{x}", "{y}")):
                raise ValueError("it has to say where {z}, {x} and {y} stand")
        return address

    @field_validator("map_attribution")
    @classmethod
    def _said(cls, text: str, info: ValidationInfo) -> str:
        """Refuse tiles of nobody."""
        if info.data.get("map_tiles") and not text.strip():
            raise ValueError("tiles are set, and nobody says whose they are")
        return text

    @field_validator("reroute_automatic")
    @classmethod
    def _rules(cls, text: str) -> str:
        """Refuse what is no list of rules, or has two of one severity."""
        rules = [part.strip() for part in text.split(",")] if text.strip() else []
        if not all(_RULE.fullmatch(rule) for rule in rules):
            raise ValueError("that is no list of rules")
        if len({rule.partition(":")[0] for rule in rules}) < len(rules):
            raise ValueError("a severity has two rules")
        return text

    @field_validator("webhook_networks")
    @classmethod
    def _networks(cls, text: str) -> str:
        """Refuse what is no list of networks."""
        for part in filter(None, map(str.strip, text.split(","))):
            ip_network(part)
        return text

    @field_validator("eta_webhook")
    @classmethod
    def _safe_address(cls, address: SecretStr | None) -> SecretStr | None:
        """Refuse what is no address of a host, or sends what is signed in the clear."""
        if address is not None:
            parts = urlsplit(address.get_secret_value())
            is_safe = parts.scheme == "https" or parts.hostname in LOOPBACK
            if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0:
                raise ValueError("that is no address of a host")
            if "@" in parts.netloc or not is_safe:
                raise ValueError("it bears a password, or goes to another machine in the clear")
        return address

    def travel_means(self) -> TravelMeans:
        """Give what this machine offers for travel."""
        return TravelMeans(
            osrm_servers=servers_of(self.osrm_url),
            osrm_data=self.osrm_data,
            osrm_block=self.osrm_block,
            osrm_timeout_s=self.osrm_timeout_s,
            cache=self.travel_cache or default_cache(os.environ, sys.platform),
            cache_bytes=self.travel_cache_bytes,
        )


def load_settings(**given: Any) -> Settings:  # noqa: ANN401 - values of any setting
    """Read the settings from the environment.

    Parameters
    ----------
    **given
        Settings that the command line names; None leaves the environment's.

    Raises
    ------
    InputRefused
        A variable has a value that its setting cannot have; every such variable is named.
    """
    named = {name: value for name, value in given.items() if value is not None}
    try:
        return Settings(**named)
    except ValidationError as error:
        raise InputRefused([_fault(item, set(named)) for item in error.errors()]) from error


def revealed(secret: SecretStr | None) -> str:
    """Give a secret to whoever needs it; empty where there is none."""
    return "" if secret is None else secret.get_secret_value()


def variable_of(setting: str) -> str:
    """Give the name of a setting's environment variable."""
    return f"{PREFIX}{setting.upper()}"


def allowed_values(setting: str) -> str:
    """Say what a setting may be."""
    extra = Settings.model_fields[setting].json_schema_extra
    assert isinstance(extra, dict)
    return str(extra["allowed"])


def setting_rows() -> Iterable[tuple[str, str, str, str]]:
    """Give variable, meaning, what is allowed and default of each setting, for people."""
    for name, field in Settings.model_fields.items():
        default = "" if field.default_factory or field.default is None else f"`{field.default}`"
        yield variable_of(name), str(field.description), allowed_values(name), default


def unknown_variables(environment: Mapping[str, str]) -> dict[str, str | None]:
    """Give the variables of our prefix that are no setting, each with the one probably meant."""
    known = {variable_of(name) for name in Settings.model_fields}
    found = {}
    for name in sorted(environment):
        if name.upper().startswith(PREFIX) and name.upper() not in known | OTHER_VARIABLES:
            meant = get_close_matches(name.upper(), known, n=1, cutoff=0.8)
            found[name] = meant[0] if meant else None
    return found


def _fault(item: Mapping[str, Any], named: set[str]) -> Fault:
    setting = str(item["loc"][0])
    option = f"--{setting.replace('_', '-')}"
    is_secret = "SecretStr" in str(Settings.model_fields[setting].annotation)
    value = "***" if is_secret else _PASSWORD.sub("***", str(item["input"]))
    shown = value if len(value) <= LONGEST_QUOTE else f"{value[:LONGEST_QUOTE]}…"
    return Fault(
        code="CG-7602",
        place=option if setting in named else variable_of(setting),
        cause=f"{shown!r} is refused: {item['msg'][:1].lower()}{item['msg'][1:]}",
        action=f"Allowed: {allowed_values(setting).replace('`', '')}",
    )
