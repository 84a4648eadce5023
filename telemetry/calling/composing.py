"""Writes messages: what happened to alarms becomes news, and news become text in two languages.

Two messages that wait for one receiver become one: ``merged`` keeps each piece of news once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo

from telemetry.alarm.words import AlarmEvent, EventKind, Severity
from telemetry.calling.alert import ALERT_SCHEMA, OVER, Alert, News, Texts
from telemetry.calling.words import (
    CELSIUS,
    KINDS,
    LATE,
    LINES,
    MORE,
    NEWS,
    PLACES,
    SEVERITIES,
    TEST,
    TEST_TEXT,
    TO_DO,
    UNITS,
    Language,
    Words,
)
from telemetry.registry import Point

MOST_NEWS = 100
"""Pieces of news in one message; a gateway may carry two hundred sensors."""


def news_of(event: AlarmEvent, point: Point, zone: tzinfo, link: str = "") -> News:
    """Say what happened.

    Parameters
    ----------
    event
        Of a kind that ``words.NEWS`` has.
    point
        Where.
    zone
        Whose time people there read.
    link
        Address of the service that stands before the path; empty gives the path alone.
    """
    alarm = event.alarm
    return News(
        event=event.kind.value,
        at=_local(event.at_ms, zone),
        at_ms=event.at_ms,
        alarm=alarm.id,
        point=alarm.point,
        asset=point.asset,
        place=_both(PLACES[point.kind], name=point.name or point.id, asset=point.asset),
        kind=alarm.kind.value,
        kind_words=_both(KINDS[alarm.kind]),
        severity=alarm.severity.word,
        grade=point.grade,
        value=alarm.value_c,
        peak=alarm.peak_c,
        limit=alarm.limit_c,
        unit=UNITS.get(alarm.kind, CELSIUS),
        rule=alarm.rule,
        began_at=_local(alarm.began_ms, zone),
        raised_at=_local(alarm.raised_ms, zone),
        late=alarm.late,
        what_to_do=_both(TO_DO[alarm.kind]),
        link=f"{link}/alarms/{alarm.id}",
        by=event.by,
        comment=event.comment,
    )


def alert(incident: str, news: Iterable[News], *, left_out: int = 0) -> Alert:
    """Write one message about an incident; the same news twice is said once."""
    once = {(one.alarm, one.event, one.at_ms): one for one in news}
    ordered = sorted(once.values(), key=_place)
    listed = tuple(ordered[:MOST_NEWS])
    left_out += len(ordered) - len(listed)
    worst = max((Severity[one.severity.upper()] for one in listed), default=Severity.INFO)
    return Alert(
        schema=ALERT_SCHEMA,
        incident=incident,
        test=False,
        severity=worst.word,
        subject=Texts(*(_subject(listed, worst, language) for language in Language)),
        text=Texts(*(_text(listed, left_out, language) for language in Language)),
        news=listed,
        left_out=left_out,
    )


def merged(alerts: Sequence[Alert]) -> Alert:
    """Make one message of several about one incident."""
    every = [one for message in alerts for one in message.news]
    left_out = sum(message.left_out for message in alerts)
    return alert(alerts[0].incident, every, left_out=left_out)


def trial_alert(incident: str) -> Alert:
    """Write a message that only proves delivery, and says so."""
    return Alert(
        schema=ALERT_SCHEMA,
        incident=incident,
        test=True,
        severity=Severity.INFO.word,
        subject=Texts(*(f"[coldgrid] {words}" for words in TEST)),
        text=_both(TEST_TEXT),
    )


_ORDER = {kind.value: place for place, kind in enumerate(NEWS)}


def _place(news: News) -> tuple[int, str, int]:
    """Order by time; of one instant an alarm is raised first, and over last."""
    return news.at_ms, news.alarm, _ORDER[news.event]


def _both(words: Words, **values: str) -> Texts:
    return Texts(en=words.en.format(**values), zh=words.zh.format(**values))


def _local(at_ms: int, zone: tzinfo) -> str:
    """Write an instant as RFC 3339 with the local offset, in whole seconds as people say it."""
    return datetime.fromtimestamp(at_ms // 1000, UTC).astimezone(zone).isoformat()


def _subject(news: Sequence[News], worst: Severity, language: Language) -> str:
    last = news[-1]
    words = NEWS[EventKind(last.event)].in_language(language)
    severity = SEVERITIES[worst].in_language(language)
    what = f"{last.place.in_language(language)}: {last.kind_words.in_language(language)}"
    alarms = len({one.alarm for one in news})
    more = f" (+{alarms - 1})" if alarms > 1 else ""
    return f"[coldgrid] {words} ({severity}): {what}{more}"


def _text(news: Sequence[News], left_out: int, language: Language) -> str:
    parts = ["\n".join(_lines(one, language)) for one in news]
    if left_out:
        parts.append(MORE.in_language(language).format(count=left_out))
    return "\n\n".join(parts)


def _lines(one: News, language: Language) -> Iterator[str]:
    def line(name: str, **values: object) -> str:
        return LINES[name].in_language(language).format(**values)

    yield line(
        "what",
        news=NEWS[EventKind(one.event)].in_language(language),
        severity=SEVERITIES[Severity[one.severity.upper()]].in_language(language),
        grade=one.grade,
        place=one.place.in_language(language),
        kind=one.kind_words.in_language(language),
    )
    figures = {"value": one.value, "limit": one.limit, "peak": one.peak}
    shown = {name: f"{value:.1f}" for name, value in figures.items()}
    late = f" ({LATE.in_language(language)})" if one.late else ""
    yield line("figures", unit=one.unit, **shown)
    yield line("since", began_at=one.began_at) + late
    if one.by is not None:
        yield line("by", by=one.by)
    if one.comment:
        yield line("comment", comment=one.comment)
    if one.event not in OVER:
        yield one.what_to_do.in_language(language)
    yield one.link
