"""Verified customers: a handful of firms, each known by name, whose software sends the same template.

The crowd: tenants of one product or one framework, clients of one agency. Who gave a provider the papers of a firm does
not hide behind it, but a shell firm has papers too: so a person is asked.
"""

from __future__ import annotations

from collections.abc import Mapping

from iolaus.campaign.explanations import explained
from iolaus.campaign.explanations.declared_organisation import VERIFIED
from iolaus.campaign.settings import CampaignSettings
from iolaus.findings import Evidence, Explanation
from iolaus.link.cohort import Cohort
from iolaus.link.few import PRIVATE
from iolaus.link.population import Population

NAME = "verified customers"
LEADS_TO = "undetermined"
ASK = "What product do these customers use, and who wrote its template?"


def weigh(
    cohort: Cohort, population: Population, evidence: Mapping[str, Evidence], settings: CampaignSettings
) -> Explanation | None:
    """Share of a handful's accounts whose owner is a verified firm or person; None for any other cohort."""
    if PRIVATE not in cohort.selected_by.split("+") or not population.has_accounts:
        return None
    known = [
        verification in VERIFIED or entity is not None
        for verification, entity in zip(cohort.texts("verification"), cohort.texts("legal_entity_id"), strict=True)
    ]
    share = sum(known) / len(known)
    return explained(
        NAME,
        settings.explanation_cap * (share - settings.handful_share) / (1 - settings.handful_share) + settings.hold
        if share >= settings.handful_share
        else 0.0,
        f"{sum(known)} of {len(known)} accounts belong to a verified firm or person.",
        settings,
    )
