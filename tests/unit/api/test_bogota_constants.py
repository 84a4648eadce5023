from dataclasses import fields

import pytest
import typer

from api.cli.bogota_constants import CONSTANTS, DEFAULTS, options_of
from optimizer.formats.bogota_options import BogotaOptions, FleetRule


def test_every_constant_of_the_conversion_has_an_option() -> None:
    names = [field.name for field in fields(BogotaOptions) if field.name != "vans"]
    assert set(CONSTANTS) == {*names, *DEFAULTS.vans}


def test_nothing_given_means_the_defaults() -> None:
    assert options_of(dict.fromkeys(CONSTANTS)) == BogotaOptions()


@pytest.mark.parametrize("name", list(CONSTANTS))
def test_the_default_that_the_help_shows_is_the_default(name: str) -> None:
    constant = CONSTANTS[name]
    assert options_of({name: constant.parse(constant.default)}) == BogotaOptions()


def test_each_option_changes_its_own_constant_and_keeps_its_type() -> None:
    other = {"X": "2.75", "N": "1100", "HH:MM": "03:21", "IANA": "Asia/Shanghai"}
    for name, constant in CONSTANTS.items():
        if constant.metavar not in other:
            continue
        text = other[constant.metavar]
        if name in {"grids", "grid_docks", "sorting_min"}:
            text = "7"
        if name == "time_on_board_h":
            text = "5"
        changed = getattr(options_of({name: constant.parse(text)}), name)
        before = getattr(DEFAULTS, name)
        assert type(changed) is type(before)
        assert changed != before
        assert str(changed) == text


def test_a_vehicle_keeps_what_is_not_named() -> None:
    truck = CONSTANTS["truck"].parse("payload_kg=3000, speed_kmh=35,shift_end=07:00")
    options = options_of(
        {"truck": truck, "van_small": CONSTANTS["van_small"].parse("frozen_l=300")}
    )
    expected = {"payload_kg": 3000, "speed_kmh": 35.0, "shift_end": "07:00"}
    for field in fields(FleetRule):
        wanted = expected.get(field.name, getattr(DEFAULTS.truck, field.name))
        assert getattr(options.truck, field.name) == wanted
    assert options.vans["van_small"].frozen_l == 300
    assert options.vans["van_large"] == DEFAULTS.vans["van_large"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("grids", "0"),
        ("grids", "2.5"),
        ("grids", "four"),
        ("litres_per_kg", "0"),
        ("litres_per_kg", "inf"),
        ("central_lat", "91"),
        ("circuity", "0.9"),
        ("wave", "5:30"),
        ("wave", "24:00"),
        ("time_zone", "Bogota"),
        ("time_zone", "../etc/passwd"),
        ("truck", "payload=3"),
        ("truck", "payload_kg"),
        ("truck", "bulkhead_step_l=99999"),
        ("van_small", "frozen_l=0,chilled_l=0,controlled_l=0"),
        ("cents_per_min_late", "express=5"),
    ],
)
def test_nonsense_is_refused(name: str, text: str) -> None:
    with pytest.raises(typer.BadParameter):
        CONSTANTS[name].parse(text)


def test_pieces_smaller_than_a_kilogram_are_refused() -> None:
    with pytest.raises(typer.BadParameter):
        options_of({"piece_l": 2})
