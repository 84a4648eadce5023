"""What an override changes and what it says of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol

from optimizer.domain.errors import ColdgridError
from optimizer.domain.problem import Problem
from optimizer.domain.units import Grams
from optimizer.travel.provider import TravelProvider


class DoesNotFit(ColdgridError):
    """An override or disturbance that contradicts the base it meets."""


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence for the planner, in English and Chinese."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A day as overrides leave it.

    Parameters
    ----------
    problem, travel
        What will be planned, and by which distances.
    said
        What every override did, in their order.
    withdrawn_lines, withdrawn_g
        Lines that nobody can order any more, and their mass: no plan can leave them out.
    """

    problem: Problem
    travel: TravelProvider
    said: tuple[Said, ...] = ()
    withdrawn_lines: int = 0
    withdrawn_g: Grams = 0

    def became(
        self,
        en: str,
        zh: str,
        *,
        travel: TravelProvider | None = None,
        **changes: Any,  # noqa: ANN401 - any field of a problem
    ) -> Setting:
        """Give the setting after a change.

        Parameters
        ----------
        en, zh
            What happened, in words.
        travel
            Other distances; None leaves them.
        **changes
            Fields of the problem.
        """
        return replace(
            self,
            problem=replace(self.problem, **changes) if changes else self.problem,
            travel=self.travel if travel is None else travel,
            said=(*self.said, Said(en, zh)),
        )


class Override(Protocol):
    """A pure function from setting to setting."""

    def applied(self, setting: Setting, seed: int) -> Setting:
        """Give the setting after this override.

        Parameters
        ----------
        setting
            As earlier overrides left it.
        seed
            Of what the override draws, where it draws anything.

        Raises
        ------
        DoesNotFit
            It contradicts the setting.
        """
        ...
