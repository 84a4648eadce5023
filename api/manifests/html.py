"""Manifests and loading lists as HTML that prints on A4: no script, nothing from elsewhere."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from api.manifests import figures
from api.manifests.docks import LoadingList
from api.manifests.sheet import Sheet
from api.manifests.words import WORDS, Language
from optimizer.domain.problem import Horizon


def manifest_html(sheet: Sheet, language: Language) -> str:
    """Write the manifest of one vehicle.

    Parameters
    ----------
    sheet
        The manifest.
    language
        Language of the labels; names stay as the user's files give them.
    """
    template = _environment().get_template("manifest.html")
    return template.render(sheet=sheet, w=WORDS[language], lang=language)


def loading_list_html(listing: LoadingList, horizon: Horizon, language: Language) -> str:
    """Write the loading list of one site.

    Parameters
    ----------
    listing
        The loading list.
    horizon
        From when its seconds count.
    language
        Language of the labels.
    """
    template = _environment().get_template("loading_list.html")
    return template.render(listing=listing, at=horizon.instant, w=WORDS[language], lang=language)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("api.manifests"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    for writer in (
        figures.kg, figures.litres, figures.goods, figures.kilometres, figures.celsius,
        figures.band, figures.metres, figures.minutes, figures.day_and_time, figures.clock,
        figures.place, figures.ice, figures.position, figures.bulkhead,
        figures.standing,
    ):  # fmt: skip
        environment.filters[writer.__name__] = writer
    return environment
