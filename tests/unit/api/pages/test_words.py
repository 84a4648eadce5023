"""Both languages say everything, no message is missing, none is left over, and blanks agree."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.life.states import State
from api.pages.catalogue import FILES, Message, catalogue
from api.pages.languages import LANGUAGES, Language
from api.pages.shell import PLACES
from api.reroutes.cases import CaseState
from api.road.alarm_rights import RIGHTS
from api.road.progress import StopState
from api.road.words import Kind as Report
from api.security.principal import Role
from api.service_errors import ALL_ERRORS
from api.storage.jobs import FAILED, OPEN, STOPPED, SUCCEEDED
from api.storage.reroute_news import NewsState
from optimizer.check.codes import CODES
from optimizer.domain.fleet import Echelon
from optimizer.domain.network import SiteKind
from optimizer.domain.objective import CostBreakdown
from optimizer.domain.plan import UnservedReason
from optimizer.domain.temperature import Zone
from optimizer.response.why_not import SENTENCES, WhyNot
from optimizer.response.words import Kind as Way
from telemetry.alarm.words import AlarmKind, EventKind, Severity
from telemetry.ports import CallState
from tests.architecture.project import ROOT

PAGES = ROOT / "api" / "pages"
PLAIN = re.compile(r"""\b[tn]\(\s*["']([a-z_0-9.]+)["']""")
QUOTED = re.compile(r"""["']([a-z_]+\.[a-z_0-9]+)["']""")
MADE = re.compile(r"\b[tn]\(\s*(?:\w+ \? )?`([a-z_]+\.[a-z_]*)\$\{")
BLANK = re.compile(r"\{(\w+)\}")

BROKEN = {
    "compartment", "breakdown", "closed_road", "late_linehaul", "urgent_order", "backup_carrier",
    "other",
}  # fmt: skip

KEYS = {"j_k", "a", "s", "enter", "m", "p", "slash", "esc", "tab", "help"}

REFUSED_ON_PAGES = {
    code for code in ALL_ERRORS if re.match(r"CG-(16|70|71|72|73|77|78|815|816)", code)
} | {"CG-7401", "CG-7403", "CG-7405", "CG-7406", "CG-7407", "CG-7414", "CG-7501"}
"""What somebody who works on a page may be answered; the rest is for administrators."""

MADE_AT_RUN_TIME: dict[str, set[str]] = {
    "broke.": BROKEN,
    "call.": {state.value for state in CallState},
    "care.": {"undo", "queued"},
    "case.": {state.value for state in CaseState},
    "change.": {"point", "now", "then", "change"},
    "column.": {
        "stop",
        "point",
        "eta",
        "kg",
        "celsius",
        "margin",
        "deeds",
        "order",
        "zone",
        "reason",
        "detail",
    },
    "cost.": set(CostBreakdown().as_dict()),
    "deed.": {"acknowledge", "undo", "add_comment", "shelve", "unshelve", "trace", "story"},
    "dispatch.do_": {"upload", "optimise", "undo", "publish", "newest"},
    "dispatch.tab_": {"plan", "map", "route", "schedule"},
    "echelon.": {echelon.value for echelon in Echelon},
    "event.": {kind.value for kind in EventKind},
    "filter.": {"all", "open", "rooms", "vehicles"},
    "figure.": {"on_time", "cost", "km", "fill", "margin", "left_out"},
    "filter_by.": {"echelon", "grid", "wave", "zone", "vehicle"},
    "grade.": {str(grade.value) for grade in RIGHTS},
    "house.": {kind.value for kind in SiteKind if kind is not SiteKind.PICKUP},
    "key.": KEYS | {"arrows", "ends", "plus_minus", "pages", "zero"},
    "key_does.": (KEYS - {"p", "slash", "esc"})
    | {"route", "move", "pin", "list", "let_go", "way", "accept"}
    | {"reading", "ends", "zoom", "window", "zero"},
    "kind.": {kind.value for kind in AlarmKind},
    "mode.": {"route", "vehicle", "wave", "zone"},
    "place.": {place.name for place in PLACES},
    "place_short.": {place.name for place in PLACES},
    "role.": {role.value for role in Role},
    "run_state.": {*OPEN, SUCCEEDED, STOPPED, FAILED},
    "schedule.": {"loading", "driving", "home"},
    "severity.": {severity.word for severity in Severity}
    | {"predicted", "no_data", "cleared", "normal"},
    "solving.": {"queued", "running"},
    "sound.": {"sound_on", "sound_off"},
    "span.": {"h2", "h8", "h24", "d7"},
    "state.": {state.value for state in State},
    "stale.": {"away", "store", "monitor", "broker"},
    "driver.stop_": {"new", "moved", "gone"},
    "fault.": {code.lower().replace("-", "_") for code in ALL_ERRORS if code.startswith("CG-10")},
    "refusal.": {code.lower().replace("-", "_") for code in REFUSED_ON_PAGES},
    "report.": {kind.value for kind in Report},
    "stop.": {state.value for state in StopState},
    "told.": {state.value for state in NewsState},
    "trace.state_": {"cleared", "closed"},
    "unserved.": {reason.value for reason in UnservedReason},
    "unserved_means.": {reason.value for reason in UnservedReason},
    "violation.": set(CODES),
    "verdict.": {"better", "worse", "same"},
    "value.beyond_": {"high", "low"},
    "way.": {kind.value for kind in Way},
    "why.": {one.value for one in WhyNot},
    "zone.": {zone.value for zone in Zone},
    "zoom.": {"earlier", "later", "in", "out"},
    "zone_letter.": {zone.value for zone in Zone},
}
"""Keys that scripts put together, by how they begin."""


def sources() -> dict[Path, str]:
    found = [*PAGES.glob("static/*.js"), *PAGES.glob("templates/*.html")]
    assert len(found) > 20
    return {path: path.read_text(encoding="utf-8") for path in found}


def used() -> set[str]:
    plain = {key for text in sources().values() for key in PLAIN.findall(text)}
    made = {f"{begin}{end}" for begin, ends in MADE_AT_RUN_TIME.items() for end in ends}
    known = set(catalogue("en").messages)
    # Keys that are handed on to somebody who looks them up.
    handed_on = {key for text in sources().values() for key in QUOTED.findall(text)} & known
    return plain | made | handed_on


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_that_is_used_exists(language: Language) -> None:
    assert used() - set(catalogue(language).messages) == set()


def test_no_message_is_left_over() -> None:
    assert set(catalogue("en").messages) - used() == set()


def test_both_languages_have_the_same_messages() -> None:
    assert set(catalogue("en").messages) == set(catalogue("zh-CN").messages)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_empty(language: Language) -> None:
    for key, message in catalogue(language).messages.items():
        assert all(forms(message)), key


def test_blanks_are_the_same_in_both_languages() -> None:
    english, chinese = catalogue("en").messages, catalogue("zh-CN").messages
    for key, message in english.items():
        wanted = [set(BLANK.findall(form)) for form in forms(message)]
        given = [set(BLANK.findall(form)) for form in forms(chinese[key])]
        assert all(one == wanted[0] for one in wanted + given), key


def test_what_counts_in_one_language_counts_in_the_other() -> None:
    english, chinese = catalogue("en").messages, catalogue("zh-CN").messages
    for key, message in english.items():
        assert isinstance(message, tuple) == isinstance(chinese[key], tuple), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_a_refusal_have_no_blank_that_its_figures_do_not_fill(language: Language) -> None:
    for code, sentence in SENTENCES.items():
        said = set(BLANK.findall(str(catalogue(language).messages[f"why.{code.value}"])))
        given = set(BLANK.findall(sentence)) | ({"code"} if "{fault}" in sentence else set())
        assert said <= given, code


def test_every_prefix_of_a_key_that_is_made_is_listed() -> None:
    made = {begin for text in sources().values() for begin in MADE.findall(text)}
    assert made <= set(MADE_AT_RUN_TIME)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_names_each_message_once(language: Language) -> None:
    text = (PAGES / "locales" / FILES[language]).read_text(encoding="utf-8")
    keys = re.findall(r'^msgid "(.+)"$', text, flags=re.MULTILINE)
    assert len(keys) == len(set(keys))


def test_chinese_is_chinese() -> None:
    for key, message in catalogue("zh-CN").messages.items():
        bare = BLANK.sub("", "".join(forms(message)))
        if not key.startswith("key.") and re.search(r"[A-Za-z]{4,}", bare):
            assert re.search(r"[\u4e00-\u9fff]", bare), key


def test_a_text_fills_its_blanks() -> None:
    assert catalogue("en").text("care.until", at="09:50") == "until 09:50"
    assert catalogue("zh-CN").text("care.until", at="09:50") == "至 09:50"


def test_a_blank_that_stays_empty_is_a_fault() -> None:
    with pytest.raises(KeyError):
        catalogue("en").text("care.until")


def forms(message: Message) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else message
