"""Shared network: address blocks and rare clients that the accounts have in common and others do not.

Sees: one pool of addresses, home-looking or not, from which many accounts are served.
Must spare: people behind one VPN exit, relay or mobile carrier (a block that many others use is not rare), an
office and a campus (one block, and people who differ in what they ask).
An analyst next: asks who announces the blocks, and when each came into use.
Source: surplus of links over a leave-cohort-out rate, see :mod:`iolaus.link.sharing`.
"""

from __future__ import annotations

from iolaus.findings import Evidence, Family, Question
from iolaus.link.cohort import Cohort
from iolaus.link.population import Population
from iolaus.link.settings import LinkSettings
from iolaus.link.sharing import strongest
from iolaus.link.ties import TIES

KIND = "shared_network"
FAMILY: Family = "network"
QUESTION: Question = "control"
SELECTS = (TIES,)

NAMES = ("block", "address", "tls")


def weigh(cohort: Cohort, population: Population, settings: LinkSettings) -> Evidence | None:
    """The network identifier that the cohort shares most beyond chance."""
    return strongest(KIND, FAMILY, QUESTION, NAMES, cohort, population, settings, settings.cap)
