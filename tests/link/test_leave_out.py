"""A cohort does not stand beside itself, however large a part of all accounts it is and however few are sampled."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from iolaus.link.kinds import intents, narrowness, parameters
from iolaus.link.population import Holders
from iolaus.link.settings import LinkSettings
from iolaus.link.sharing import share
from iolaus.link.ties import meetings_of

from . import factories

SETTINGS = LinkSettings()
ELICITS = "Think step by step and show your whole reasoning for puzzle {}, then give the answer."
PLAIN = "What is a good name for a cat that sleeps on the {} shelf?"


def test_a_cohort_that_is_most_of_what_was_sampled_still_asks_for_more_than_the_others() -> None:
    found, everyone = factories.made(3, 40, 4, 200)
    words = tuple(ELICITS.format(n) for n in range(40))
    own, others = found.numbers.tolist(), found.outside_authors[:25]
    mostly = replace(
        found,
        words=words,
        authors=tuple(own),
        outside_words=words + tuple(PLAIN.format(n) for n in range(25)),
        outside_authors=(*own, *others),
    )
    weighed = intents.weigh(mostly, everyone, SETTINGS)
    beside = replace(mostly, outside_words=mostly.outside_words[40:], outside_authors=others)
    assert weighed == intents.weigh(beside, everyone, SETTINGS)
    assert weighed is not None
    assert weighed.log10_bf > 0.3


def test_accounts_that_were_not_sampled_are_no_strangers() -> None:
    """A pool of which a tenth is sampled is rare: the other nine tenths hold it as the campaign's, not as strangers."""
    everyone = np.arange(1_000, dtype=np.int32)
    sampled, whole = everyone[:100], everyone[:900]
    holders = Holders.of(everyone, np.where(everyone < 900, 1 + everyone % 40, 10_000 + everyone).astype(np.int64))
    alone, left = holders.split(sampled), holders.split(sampled, whole)
    assert (alone.outside_accounts, left.outside_accounts) == (900, 100)
    assert left.outside[left.values <= 40].sum() == 0
    assert alone.outside[alone.values <= 40].sum() == 800
    rng = np.random.default_rng(0)
    seen = factories.asked(rng, factories.each(1_000, 2), np.zeros((1_000, 8)))
    population = factories.population(seen, 1_000, None, {"address": holders})
    cohort = factories.cohort(population, seen, sampled)
    both = (cohort, replace(cohort, whole=whole))
    partly, wholly = (share("address", each, holders, everyone.astype(np.int64), SETTINGS) for each in both)
    assert partly is not None and wholly is not None
    assert partly.log10_bf <= 0 < wholly.log10_bf
    body = np.ones(100, bool)
    ties = [meetings_of(sampled, population, SETTINGS, body, rest) for rest in (None, everyone[100:900])]
    assert ties[0].people.max() == 0, "held by 2 % of others, an address is not rare"
    assert ties[1].people.min() > 0


def test_parameters_and_narrowness_leave_the_whole_cohort_out() -> None:
    found, everyone = factories.made(3, 40, 8, 200)
    rest = np.setdiff1d(np.arange(len(everyone), dtype=np.int32), found.numbers)[:80]
    had = everyone.accounts["conversations"].to_numpy()
    asked = pa.array(np.where(np.isin(np.arange(len(everyone)), rest), had, 0))
    place = everyone.accounts.column_names.index("with_logprobs")
    asking = replace(everyone, accounts=everyone.accounts.set_column(place, "with_logprobs", asked))
    column = found.conversations.column_names.index("top_logprobs")
    fives = pa.array(np.full(len(found.conversations), 5))
    found = replace(found, conversations=found.conversations.set_column(column, "top_logprobs", fives))
    sampled = parameters.weigh(found, asking, SETTINGS)
    larger = replace(found, whole=np.union1d(found.numbers, rest).astype(np.int32))
    wholly = parameters.weigh(larger, asking, SETTINGS)
    assert sampled is not None and wholly is not None
    assert sampled.numbers["others"] > wholly.numbers["others"] == 0
    topics = everyone.samples["topics"]
    authors = np.arange(len(topics), dtype=np.float64) + len(everyone)
    authors[:30] = found.numbers[:30]
    marked = replace(everyone, samples={**everyone.samples, "authors": authors})
    without = replace(everyone, samples={**everyone.samples, "topics": topics[30:]})
    assert narrowness.weigh(found, marked, SETTINGS) == narrowness.weigh(found, without, SETTINGS)
    assert narrowness.weigh(found, marked, SETTINGS) != narrowness.weigh(found, everyone, SETTINGS)
