"""Which proposals are accepted without a person, and when; pure.

The operator says so per severity, as ``I:50000:5,II:100000:10``: of severity I the best proposal is
accepted when it is worth at least 50000 cents and nobody has answered within 5 minutes. What the
text does not name is only ever proposed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from optimizer.domain.plan import Violation
from optimizer.domain.units import Cents
from optimizer.response.words import Kind, Severity

RULE = re.compile(r"(I|II|III):([0-9]{1,12}):([0-9]{1,5}(?:\.[0-9]{1,3})?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomaticRule:
    """When a proposal is accepted without a person.

    Parameters
    ----------
    worth_cents
        The least that it must be worth.
    after
        For how long a person may answer first.
    """

    worth_cents: Cents
    after: timedelta


Rules = Mapping[Severity, AutomaticRule]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The best proposal of a case, as far as the policy looks at it.

    Parameters
    ----------
    findings
        All that the checker finds in its plan.
    excused
        Those of them that stem from the break itself.
    changes
        Whether it changes any route.
    """

    kind: Kind
    worth_cents: Cents
    findings: Sequence[Violation] = ()
    excused: Collection[Violation] = ()
    changes: bool = True

    def is_sound(self, standing: Collection[Violation]) -> bool:
        """Say whether the checker finds nothing that is neither excused nor stood before.

        Parameters
        ----------
        standing
            What the checker finds in the running plan.
        """
        known = {*self.excused, *standing}
        return all(found in known for found in self.findings)


def rules_of(text: str) -> Rules:
    """Read the operator's rules; an empty text has none.

    Raises
    ------
    ValueError
        A rule cannot be read, or a severity has two.
    """
    rules: dict[Severity, AutomaticRule] = {}
    for part in text.split(",") if text.strip() else ():
        found = RULE.fullmatch(part.strip())
        if found is None:
            raise ValueError("a rule is SEVERITY:CENTS:MINUTES, such as I:50000:5")
        severity = Severity(found[1])
        if severity in rules:
            raise ValueError(f"severity {severity.value} has two rules")
        rules[severity] = AutomaticRule(
            worth_cents=int(found[2]), after=timedelta(minutes=float(found[3]))
        )
    return rules


def due(
    rules: Rules,
    severity: Severity,
    waited: timedelta,
    best: Offer | None,
    standing: Collection[Violation] = (),
) -> bool:
    """Say whether the best proposal of an open case is to be accepted now.

    Giving the goods up is always left to a person, and so is what the checker speaks against. To
    drive on as planned needs nobody's word: the case stays open, for the break may come near.

    Parameters
    ----------
    rules
        The operator's.
    severity
        Of the disruption.
    waited
        For how long people could have answered.
    best
        The first proposal; None where there is none.
    standing
        What the checker finds in the running plan.
    """
    rule = rules.get(severity)
    if rule is None or best is None or best.kind is Kind.QUARANTINE or not best.changes:
        return False
    if waited < rule.after or best.worth_cents < rule.worth_cents:
        return False
    return best.is_sound(standing)
