"""How fast goods age at a temperature, and what is left of a shelf life after a history.

A model gives the rate of ageing relative to a reference temperature: at a rate of 2 an hour costs
two hours of a shelf life that is counted at the reference. What a history costs is the integral of
the rate over time, by trapezoids between the instants, as the mean kinetic temperature has it: a
sensor's figures are points of a curve, not stairs. Two values of one instant are a jump, so stairs
can be said as well, exactly.

The models know warmth alone. Chilled goods that froze are spoilt, whatever is left of their hours.

References
----------
Ratkowsky, D. A. et al. (1982). Relationship between temperature and growth rate of bacterial
cultures. Journal of Bacteriology 149, 1-5.
Labuza, T. P. (1982). Shelf-life dating of foods. Food and Nutrition Press.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isfinite
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from optimizer.domain.temperature import Zone
from optimizer.domain.thermal_constants import KELVIN

Floats: TypeAlias = npt.NDArray[np.float64]

GAS_CONSTANT_J_MOLK = 8.314462618
MOST_C = 200.0
"""Nothing that ages is warmer."""

MOST_REFERENCE_C = 60.0
MOST_Q10 = 10.0
MOST_ACTIVATION_KJ_MOL = 500.0


def _check_reference(reference_c: float) -> None:
    if not abs(reference_c) <= MOST_REFERENCE_C:
        raise ValueError(
            f"reference is {reference_c} °C; give one between {-MOST_REFERENCE_C:g} and "
            f"{MOST_REFERENCE_C:g}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Q10:
    """Ten degrees more make goods age ``factor`` times as fast: factor^((T - Tref) / 10).

    Parameters
    ----------
    reference_c
        Where the rate is 1.
    factor
        From 1 to 10; 2 to 3 is common.
    """

    reference_c: float
    factor: float = 2.5

    def __post_init__(self) -> None:
        """Refuse what is no model, with a ValueError that names it."""
        _check_reference(self.reference_c)
        if not 1.0 <= self.factor <= MOST_Q10:
            raise ValueError(f"Q10 is {self.factor}; give 1 to {MOST_Q10:g}")

    def rate(self, temperature_c: npt.ArrayLike) -> Floats:
        """Give how many hours at the reference an hour at each temperature costs."""
        figures = _checked(temperature_c)
        return np.asarray(self.factor ** ((figures - self.reference_c) / 10.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class SquareRoot:
    """Growth of bacteria after Ratkowsky: ((T - Tmin) / (Tref - Tmin))^2, and nought below Tmin.

    Parameters
    ----------
    reference_c
        Where the rate is 1.
    least_c
        Tmin; a figure of the curve, below the freezing point.
    """

    reference_c: float
    least_c: float = -11.8

    def __post_init__(self) -> None:
        """Refuse what is no model, with a ValueError that names it."""
        _check_reference(self.reference_c)
        if not (isfinite(self.least_c) and self.least_c < self.reference_c):
            raise ValueError(
                f"Tmin is {self.least_c} °C; give one below the reference, {self.reference_c} °C"
            )

    def rate(self, temperature_c: npt.ArrayLike) -> Floats:
        """Give how many hours at the reference an hour at each temperature costs."""
        above = np.maximum(_checked(temperature_c) - self.least_c, 0.0)
        return np.asarray((above / (self.reference_c - self.least_c)) ** 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrhenius:
    """Ageing as a chemical reaction: exp(Ea / R (1 / Tref - 1 / T)), T in kelvin.

    Parameters
    ----------
    reference_c
        Where the rate is 1.
    activation_kj_mol
        Ea, above 0; about 100 for frozen food.
    """

    reference_c: float
    activation_kj_mol: float = 100.0

    def __post_init__(self) -> None:
        """Refuse what is no model, with a ValueError that names it."""
        _check_reference(self.reference_c)
        if not 0.0 < self.activation_kj_mol <= MOST_ACTIVATION_KJ_MOL:
            raise ValueError(
                f"activation energy is {self.activation_kj_mol} kJ/mol; give more than 0 and at "
                f"most {MOST_ACTIVATION_KJ_MOL:g}"
            )

    def rate(self, temperature_c: npt.ArrayLike) -> Floats:
        """Give how many hours at the reference an hour at each temperature costs."""
        kelvin = _checked(temperature_c) + KELVIN
        scale_k = 1000.0 * self.activation_kj_mol / GAS_CONSTANT_J_MOLK
        return np.asarray(np.exp(scale_k * (1.0 / (self.reference_c + KELVIN) - 1.0 / kelvin)))


AgeingModel: TypeAlias = Q10 | SquareRoot | Arrhenius

USUAL_AGEING: Mapping[Zone, AgeingModel] = {
    Zone.FROZEN: Arrhenius(reference_c=-18.0),
    Zone.CHILLED: SquareRoot(reference_c=2.0),
    Zone.CONTROLLED: Q10(reference_c=15.0),
}
"""By zone, with the temperature at which the shelf life of an order line is counted.

Frozen goods bear a date that holds at −18 °C. Chilled and controlled goods are counted at the
usual set-point of their zone: kept as planned, they age by the clock, as the planner counts them.
Counted at the warm edge of the band the same hours would last longer than anybody promised.
"""


def used_h(model: AgeingModel, times_h: npt.ArrayLike, temperatures_c: npt.ArrayLike) -> float:
    """Give what a history costs, in hours at the model's reference.

    Parameters
    ----------
    model
        How goods age.
    times_h
        Instants in hours, none before the one ahead of it; one alone is no time.
    temperatures_c
        One per instant; in between the rate runs straight.

    Raises
    ------
    ValueError
        There is no value, a figure is not finite, instants run backwards, or there are more or
        fewer of them than of temperatures.
    """
    times = np.asarray(times_h, dtype=np.float64)
    rates = model.rate(temperatures_c)
    if times.ndim != 1 or times.size == 0 or times.shape != rates.shape:
        raise ValueError(
            f"instants {times.shape} and temperatures {rates.shape}; give one temperature per "
            "instant, and at least one"
        )
    if not np.isfinite(times).all():
        raise ValueError("an instant is not finite")
    passed = np.diff(times)
    if (passed < 0.0).any():
        raise ValueError("instants run backwards")
    return float(passed @ (rates[1:] + rates[:-1])) / 2.0


def left_h(
    model: AgeingModel,
    left_h_at_reference: float,
    times_h: npt.ArrayLike,
    temperatures_c: npt.ArrayLike,
    *,
    at_c: float | None = None,
) -> float:
    """Give what a history leaves of a shelf life; nothing left is 0, never less.

    Parameters
    ----------
    model
        How goods age.
    left_h_at_reference
        What there was at the first instant, in hours at the model's reference.
    times_h, temperatures_c
        The history, as ``used_h`` takes it.
    at_c
        The temperature at which the goods will be kept, for which the answer holds; by default
        the reference.

    Raises
    ------
    ValueError
        The shelf life is negative or not finite, or the history is none.
    """
    _check_life(left_h_at_reference)
    rest_h = max(0.0, left_h_at_reference - used_h(model, times_h, temperatures_c))
    return rest_h if at_c is None else expressed_h(model, rest_h, at_c)


def expressed_h(model: AgeingModel, left_h_at_reference: float, at_c: float) -> float:
    """Say how long a shelf life counted at the reference lasts at another temperature.

    Infinite where nothing ages, unless there is nothing left.

    Raises
    ------
    ValueError
        The shelf life is negative or not finite, or the temperature is none.
    """
    _check_life(left_h_at_reference)
    rate = float(model.rate(at_c))
    if rate > 0.0:
        return left_h_at_reference / rate
    return inf if left_h_at_reference else 0.0


def _checked(temperature_c: npt.ArrayLike) -> Floats:
    figures = np.asarray(temperature_c, dtype=np.float64)
    if not np.isfinite(figures).all():
        raise ValueError("a temperature is not finite")
    if ((figures <= -KELVIN) | (figures > MOST_C)).any():
        raise ValueError(f"a temperature is not between {-KELVIN} and {MOST_C:g} °C")
    return figures


def _check_life(left: float) -> None:
    if not (isfinite(left) and left >= 0.0):
        raise ValueError(f"shelf life is {left} h; give 0 or more")
