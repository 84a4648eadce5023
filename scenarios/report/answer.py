"""The answer of a whole scenario in one sentence."""

from __future__ import annotations

from scenarios.report.variants import ON_TIME
from scenarios.report.words import Speaker
from scenarios.results import ScenarioResult, VariantResult


def answer(result: ScenarioResult, speaker: Speaker) -> str:
    """Say which variants reach what the file asks for, or how they compare in time.

    Parameters
    ----------
    result, speaker
        What is told, and in which language.
    """
    variants = result.variants[1:]
    if len(variants) <= 1:
        one = variants[0] if variants else result.baseline
        name, headline = speaker.variant(one), speaker.sentence(one.headline)
        return speaker.say("answer.one", name=name, headline=headline)
    if not any(one.targets for one in variants):
        verdicts = [one.compared[ON_TIME].verdict for one in variants]
        return speaker.say(
            "answer.free",
            count=len(variants),
            better=verdicts.count("better"),
            worse=verdicts.count("worse"),
            same=verdicts.count("no difference"),
        )
    good = [one for one in variants if _met(one) == len(one.targets)]
    if len(good) == len(variants):
        return speaker.say("answer.all", count=len(variants))
    if good:
        names = speaker.names([speaker.variant(one) for one in good])
        return speaker.say("answer.some", met=len(good), count=len(variants), names=names)
    best = max(variants, key=lambda one: (_met(one), one.means[ON_TIME]))
    return speaker.say(
        "answer.none",
        count=len(variants),
        name=speaker.variant(best),
        met=_met(best),
        targets=len(best.targets),
    )


def _met(one: VariantResult) -> int:
    return sum(target.met for target in one.targets)
