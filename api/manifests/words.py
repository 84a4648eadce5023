"""The words on paper, in English and in Chinese.

English words keep to Latin-1, so that a PDF with nothing but Latin names needs no font.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, TypeAlias, get_args

Language: TypeAlias = Literal["en", "zh-CN"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

Words: TypeAlias = Mapping[str, str]

_WORDS: dict[str, tuple[str, str]] = {
    # Top of the page.
    "manifest": ("Manifest", "配送单"),
    "loading_list": ("Loading list", "装车表"),
    "plan": ("Plan", "计划"),
    "version": ("version", "版本"),
    "page": ("page", "页"),
    "draft": ("draft", "草稿"),
    "published": ("published", "已发布"),
    "loading": ("loading", "装车中"),
    "running": ("running", "配送中"),
    "closed": ("closed", "已结束"),
    "superseded": ("superseded: do not use", "已作废"),
    # A trip.
    "trip": ("Trip", "车次"),
    "wave": ("Wave", "波次"),
    "departs": ("Departs", "发车"),
    "returns": ("Back", "返回"),
    "from": ("From", "出发地"),
    "distance": ("Distance", "里程"),
    "driver": ("Driver", "司机"),
    "loader": ("Loaded by", "装车人"),
    "rest": ("Rest", "休息"),
    "total": ("Total", "合计"),
    "nothing": ("This vehicle makes no trip in this plan.", "本计划中该车无任务。"),
    # The body.
    "compartments": ("Compartments", "车厢分区"),
    "set_bulkheads": (
        "Set the bulkheads first, while the body is empty.", "装车前先在空车时移好隔板。",
    ),
    "front": ("Front wall", "前壁"),
    "rear": ("Rear door", "后门"),
    "zone": ("Zone", "温区"),
    "frozen": ("Frozen", "冷冻"),
    "chilled": ("Chilled", "冷藏"),
    "controlled": ("Controlled", "恒温"),
    "size": ("Size", "容积"),
    "from_front": ("From front wall", "距前壁"),
    "bulkhead_at": ("Bulkhead at", "隔板位置"),
    "load": ("Load", "装载"),
    "setpoint": ("Set to", "设定温度"),
    "band": ("Product", "货温要求"),
    "measured_loading": ("Measured °C", "实测 °C"),
    "boxes": ("Boxes", "保温箱"),
    "box": ("Box", "箱号"),
    "ice": ("Ice", "冰"),
    # Loading.
    "loading_order": ("Load in this order", "装车顺序"),
    "loading_order_hint": ("1 goes in first and comes out last.", "1 号最先装、最后卸。"),
    "stops": ("Stops", "站点"),
    # A stop.
    "arrives": ("Arrive", "到达"),
    "serves": ("Unload from", "开始卸货"),
    "leaves": ("Leave", "离开"),
    "door": ("to the door", "送货上门"),
    "predicted": ("predicted", "预计货温"),
    "margin": ("margin", "余量"),
    "collect": ("Collect", "回收"),
    "empties": ("empties", "空箱"),
    "return": ("return", "退货"),
    "time": ("Time", "时间"),
    "refused": ("Refused / damaged", "拒收 / 破损"),
    "empties_collected": ("Empties collected", "回收空箱"),
    "signature": ("Signature", "签收"),
    "continued": ("continued", "续"),
    # The loading list.
    "docks": ("Docks", "月台数"),
    "unlimited": ("not limited", "不限"),
    "loading_time": ("Loading takes", "每车装车"),
    "dock": ("Dock", "月台"),
    "vehicle": ("Vehicle", "车辆"),
    "loads": ("loads", "装车"),
    "unloads": ("unloads", "卸货"),
    "ready": ("Goods sorted", "分拣完成"),
    "first_stop": ("First stop", "首站"),
    "done": ("Done", "完成"),
    "none": ("none", "无"),
    "no_dock": (
        "No dock is free for the vehicles without a dock number: agree on another time or place.",
        "没有月台号的车辆无空闲月台，请另行商定时间或地点。",
    ),
    "no_times": ("No vehicle loads or unloads here in this plan.", "本计划中该处无装卸车辆。"),
}  # fmt: skip

WORDS: Mapping[Language, Words] = MappingProxyType(
    {
        language: MappingProxyType({name: pair[index] for name, pair in _WORDS.items()})
        for index, language in enumerate(LANGUAGES)
    }
)
"""By language, then by name."""
