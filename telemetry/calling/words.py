"""What calls say, in English and Chinese: kinds, news, places, and what to do.

One sentence of advice per kind of alarm. It names a first step that whoever is called can take at
once; what becomes of the goods is decided elsewhere.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from telemetry.alarm.words import AlarmKind, EventKind, Severity
from telemetry.registry import PointKind


class Language(Enum):
    """A language that calls are written in."""

    EN = "en"
    ZH = "zh"


class Words(NamedTuple):
    """The same in both languages."""

    en: str
    zh: str

    def in_language(self, language: Language) -> str:
        """Give the words of one language."""
        return self.en if language is Language.EN else self.zh


KINDS: dict[AlarmKind, Words] = {
    AlarmKind.HIGH: Words("too warm", "温度过高"),
    AlarmKind.LOW: Words("too cold", "温度过低"),
    AlarmKind.CUMULATIVE: Words("out of range for too long in sum", "累计超温时间过长"),
    AlarmKind.MKT: Words("mean kinetic temperature too high", "平均动力学温度过高"),
    AlarmKind.STALE: Words("no data", "数据中断"),
    AlarmKind.SENSOR_FAULT: Words("sensor fault", "传感器故障"),
    AlarmKind.NO_COOLING: Words("no cooling", "未检测到制冷"),
    AlarmKind.PREDICTED: Words("break predicted", "预计将超温"),
    AlarmKind.NOT_PRECOOLED: Words("not pre-cooled", "未完成预冷"),
}

TO_DO: dict[AlarmKind, Words] = {
    AlarmKind.HIGH: Words(
        "Close the doors, check that the unit cools, and move the goods if it does not.",
        "请关好门并确认制冷机组正在工作；若不制冷，请立即转移货物。",
    ),
    AlarmKind.LOW: Words(
        "Check set-point and unit, and take goods that must not freeze away from the cold air.",
        "请检查设定温度和机组，并将怕冻的货物移离冷风口。",
    ),
    AlarmKind.CUMULATIVE: Words(
        "Keep the doors closed, and have the goods checked before they go on.",
        "请保持门关闭，货物继续流转前须先检查。",
    ),
    AlarmKind.MKT: Words(
        "Have the quality of the goods judged before they go on.",
        "货物继续流转前，请由质量人员评估。",
    ),
    AlarmKind.STALE: Words(
        "Read the temperature on the spot, then check power, gateway and sensor.",
        "请现场测温，然后检查电源、网关和传感器。",
    ),
    AlarmKind.SENSOR_FAULT: Words(
        "Measure by hand, and replace the sensor that is wrong.",
        "请人工测温，并更换读数错误的传感器。",
    ),
    AlarmKind.NO_COOLING: Words(
        "Check the unit now: the goods are still in their band, and will not stay there.",
        "请立即检查机组：货物目前仍在温度范围内，但即将超温。",
    ),
    AlarmKind.PREDICTED: Words(
        "Check the unit, and look at the proposals for the goods on board.",
        "请检查机组，并查看系统给出的货物处置建议。",
    ),
    AlarmKind.NOT_PRECOOLED: Words(
        "Do not load yet: cool the empty space to its set-point first.",
        "请勿装货：先将空厢冷却到设定温度。",
    ),
}

NEWS: dict[EventKind, Words] = {
    EventKind.RAISED: Words("Alarm", "报警"),
    EventKind.WORSENED: Words("Worse", "报警升级"),
    EventKind.ESCALATED: Words("Nobody has answered", "无人响应，已上报"),
    EventKind.RE_ALARMED: Words("Still standing", "报警仍未解除"),
    EventKind.UNSHELVED: Words("Shelving has ended", "搁置已结束，报警仍存在"),
    EventKind.CLEARED: Words("Over", "报警解除"),
    EventKind.CLOSED: Words("Closed by hand", "已人工关闭"),
}
"""What calls tell of; other events call nobody."""

SEVERITIES: dict[Severity, Words] = {
    Severity.INFO: Words("info", "提示"),
    Severity.WARNING: Words("warning", "警告"),
    Severity.CRITICAL: Words("critical", "严重"),
}

PLACES: dict[PointKind, Words] = {
    PointKind.COMPARTMENT: Words(
        "compartment {name} of vehicle {asset}", "车辆 {asset} 的 {name} 车厢"
    ),
    PointKind.ROOM: Words("room {name} of {asset}", "{asset} 的 {name} 库房"),
    PointKind.CELLS: Words("cold cells {name} of {asset}", "{asset} 的 {name} 冷柜"),
    PointKind.GATEWAY: Words("gateway {name} of {asset}", "{asset} 的网关 {name}"),
}

TEST = Words("Test", "测试")
TEST_TEXT = Words(
    "This is a test: it proves that messages reach you. Nothing is wrong, nothing is to be done.",
    "这是一条测试消息，仅用于确认您能收到通知；没有异常，无需处理。",
)
LATE = Words("found in readings that came late", "根据延迟上传的数据发现")
MORE = Words(
    "{count} more alarms of this incident are not listed.", "本次事件另有 {count} 条报警未列出。"
)

LINES: dict[str, Words] = {
    "what": Words(
        "{news} ({severity}, grade {grade}): {place}, {kind}",
        "{news}（{severity}，{grade} 级）：{place}，{kind}",
    ),
    "figures": Words(
        "{value} {unit}, limit {limit} {unit}, worst {peak} {unit}",
        "当前 {value} {unit}，限值 {limit} {unit}，最差 {peak} {unit}",
    ),
    "since": Words("since {began_at}", "始于 {began_at}"),
    "by": Words("by {by}", "操作人 {by}"),
    "comment": Words("comment: {comment}", "备注：{comment}"),
}
"""A piece of news, line by line."""

UNITS: dict[AlarmKind, str] = {
    AlarmKind.CUMULATIVE: "min",
    AlarmKind.STALE: "min",
    AlarmKind.NOT_PRECOOLED: "min",
    AlarmKind.SENSOR_FAULT: "K",
}
"""Unit of an alarm's value and limit where it is not °C."""

CELSIUS = "°C"
