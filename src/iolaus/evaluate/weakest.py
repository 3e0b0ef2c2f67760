"""The weakest results, in sentences, so that nobody has to look for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from iolaus.evaluate.detectors import SCAN
from iolaus.evaluate.rates import Rate
from iolaus.evaluate.roles import HONEST, UNKNOWN
from iolaus.evaluate.shares import NOMINAL

if TYPE_CHECKING:
    from iolaus.evaluate.evaluation import Evaluation

MISSED = 0.5
"""Recall below which a campaign or role is named as missed."""


def weakest(found: Evaluation) -> list[str]:
    """What a provider should know before trusting the scan, the gravest first."""
    return [*_accused(found), *_missed(found), *_late(found), *_uncertain(found), *_outdone(found), *_unmeasured(found)]


def told(part: Rate) -> str:
    """Counts and share in words."""
    return f"{part.hits:,} of {part.of:,}" + (f" ({part.value:.1%})" if part.value is not None else "")


def _accused(found: Evaluation) -> Iterator[str]:
    for each in sorted(found.honest.by_crowd, key=lambda crowd: -(crowd.accounts.value or 0)):
        if each.accounts.hits:
            yield f"Honest accounts of crowd {each.crowd} are accused: {told(each.accounts)}."
    if found.honest.organisations.hits:
        yield f"Honest organisations are accused: {told(found.honest.organisations)}."
    false = found.campaigns.false_campaigns
    if false.false_campaigns:
        yield (
            f"{false.false_campaigns} false campaigns in {false.worlds} honest worlds:"
            f" {false.per_million} per million active account-weeks."
        )
    if false.promised is not None and (false.per_million or 0.0) > false.promised:
        yield f"The scan promised at most {false.promised:g} false campaigns per million active account-weeks."
    for verdict in found.campaigns.verdicts:
        if verdict.verdict == "concealed_pool" and verdict.in_honest_worlds:
            yield f"Cohorts in honest worlds that are called a concealed pool: {verdict.in_honest_worlds}."


def _missed(found: Evaluation) -> Iterator[str]:
    for each in sorted(found.accounts.by_campaign, key=lambda group: group.recall.value or 0):
        if (each.recall.value or 0) < MISSED:
            yield f"Of campaign {each.name} only {told(each.recall)} accounts are accused."
    for true in found.campaigns.true:
        if true.mean_pieces > 1:
            yield f"Campaign {true.campaign} comes in {true.mean_pieces:.2f} pieces on average."
    for group in found.accounts.by_role:
        if (group.recall.value or 0) < MISSED:
            yield f"Of accounts in the role {group.name} only {told(group.recall)} are accused."


def _late(found: Evaluation) -> Iterator[str]:
    if found.over_looks.false_campaigns:
        yield (
            f"Over {found.over_looks.looks} daily looks at honest worlds {found.over_looks.false_campaigns} false"
            " campaigns are reported."
        )
    for each in found.leaks:
        if each.leaked_share > MISSED:
            yield (
                f"{each.leaked_share:.1%} of {each.campaign} leaks before the first alarm"
                f" (a perfect detector with hourly windows: {each.floor_hourly_share:.1%})."
            )


def _uncertain(found: Evaluation) -> Iterator[str]:
    for role in found.roles:
        if role.true not in (HONEST, role.said) and role.said != UNKNOWN:
            yield f"{role.accounts} accused accounts in the true role {role.true} are called {role.said}."
    whole = found.shares[0] if found.shares else None
    if whole is not None and whole.accounts and whole.coverage.high < NOMINAL:
        yield f"The 90 % interval of the distillation share holds the truth for {told(whole.coverage)} accounts."
    customers = found.exchanges.honest_customers_flagged
    if customers.hits:
        yield f"Conversations of honest customers on hostile accounts that are flagged: {told(customers)}."
    for name, each in (("Memberships", found.membership), ("Probabilities of cohorts", found.probability)):
        # Where all or none are true the base rate is right by hindsight, and no statement can beat it.
        if each.brier is not None and each.brier_of_base_rate and each.brier > each.brier_of_base_rate:
            yield f"{name} are worse than saying the base rate: Brier {each.brier} against {each.brier_of_base_rate}."


def _outdone(found: Evaluation) -> Iterator[str]:
    """Baselines that rank better than the scan, or find more at the same measurable rate of false positives."""
    scan = next((each for each in found.detectors if each.name == SCAN), None)
    if scan is None or scan.auroc is None:
        return
    better = [each for each in found.detectors if each.auroc is not None and each.auroc > scan.auroc]
    if better:
        ranked = ", ".join(f"{each.name} {each.auroc:.3f}" for each in sorted(better, key=lambda d: -(d.auroc or 0)))
        yield f"By AUROC over accounts {len(better)} baselines rank better than the scan ({scan.auroc:.3f}): {ranked}."
    for each in found.detectors:
        for mine, theirs in zip(scan.at, each.at, strict=True):
            if theirs.measurable and theirs.recall.hits > mine.recall.hits:
                yield (
                    f"{each.name} finds more than the scan at {theirs.rate:.1%} false positives:"
                    f" {told(theirs.recall)} against {told(mine.recall)}."
                )


def _unmeasured(found: Evaluation) -> Iterator[str]:
    if found.calibrated_in_sample:
        yield "No honest world with a seed from 1000 was given: thresholds were learnt where they are reported."
    if found.detectors and (rates := [each.rate for each in found.detectors[0].at if not each.measurable]):
        listed = " and ".join(f"{rate:.1%}" for rate in rates)
        yield f"Recall at {listed} false positives is not measurable: too few honest accounts."
