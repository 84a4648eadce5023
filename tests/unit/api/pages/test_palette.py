"""The colours keep the contrast that people need, by day and by night (WCAG 2.2, 1.4.3, 1.4.11)."""

from __future__ import annotations

import re

import pytest

from tests.architecture.project import ROOT

STATIC = ROOT / "api" / "pages" / "static"
TOKEN = re.compile(r"--([a-z0-9-]+): light-dark\((#[0-9A-F]{6}), (#[0-9A-F]{6})\);")
TEXT, SHAPE, LOUD = 4.5, 3.0, 5.0
LOOKS = ("light", "dark")
GROUNDS = ("ground", "surface")


def palette() -> dict[str, dict[str, str]]:
    found = TOKEN.findall((STATIC / "tokens.css").read_text(encoding="utf-8"))
    assert len(found) == 28
    return {
        "light": {name: light for name, light, _ in found},
        "dark": {name: dark for name, _, dark in found},
    }


def luminance(colour: str) -> float:
    """Relative luminance of sRGB (WCAG 2.2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", ["ink", "ink-2", "ink-3", "critical-text", "warning-text"])
def test_text_can_be_read(look: str, name: str) -> None:
    colours = palette()[look]
    for ground in (*GROUNDS, "sunken"):
        assert contrast(colours[name], colours[ground]) >= TEXT, (name, ground)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize(("text", "fill"), [("on-critical", "critical"), ("on-warning", "warning")])
def test_text_on_severities_can_be_read(look: str, text: str, fill: str) -> None:
    colours = palette()[look]
    assert contrast(colours[text], colours[fill]) >= TEXT


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("zone", ["frozen", "chilled", "controlled"])
def test_glyphs_of_zones_stand_out(look: str, zone: str) -> None:
    colours = palette()[look]
    assert contrast(colours[zone], colours["surface"]) >= LOUD
    assert contrast(colours[zone], colours["ground"]) >= TEXT


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", ["control-edge", *(f"route-{hue}" for hue in range(10))])
def test_edges_and_routes_can_be_seen(look: str, name: str) -> None:
    colours = palette()[look]
    for ground in GROUNDS:
        assert contrast(colours[name], colours[ground]) >= SHAPE, (name, ground)


def test_no_colour_is_named_outside_the_palette() -> None:
    # Paper is white and its lines are black, whatever the screen shows.
    allowed = {"#FFFFFF", "#000000"}
    for path in [*STATIC.glob("*.css"), *STATIC.glob("*.js")]:
        if path.name == "tokens.css":
            continue
        found = set(re.findall(r"#[0-9A-Fa-f]{6}\b|#[0-9A-Fa-f]{3}\b(?![\w-])", path.read_text()))
        assert found <= allowed, path.name


def test_nothing_shines_or_throws_shadows() -> None:
    for path in STATIC.glob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert "shadow" not in text, path.name
        # Hatching, which means unknown, is drawn with a repeating gradient of hard edges.
        assert not re.search(r"(?<!repeating-)(?:linear|radial|conic)-gradient", text), path.name
