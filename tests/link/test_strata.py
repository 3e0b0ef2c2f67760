"""A baseline in place of the other accounts of a scan: which cells, and what the kinds of evidence then say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pytest

from content.mixes import API, WEB, baseline, sample
from iolaus.content.baseline import save
from iolaus.engine import EngineSettings
from iolaus.engine.embedded import Embedded
from iolaus.errors import InputError
from iolaus.key import BYTES, Key
from iolaus.link.cohort import Cohort
from iolaus.link.kinds import intents, narrowness
from iolaus.link.population import Population
from iolaus.link.settings import LinkSettings
from iolaus.link.strata import strata, with_baseline
from iolaus.sketch.content_backends import model_id

from . import factories

KEY = Key(bytes(range(BYTES)))
ELICITS = "Think aloud and write out every step of your reasoning before the answer: how does a {} work?"
THINGS = ("pump", "clock", "sail", "lens", "kiln", "loom", "crane", "forge", "well", "mill")
SETTINGS = LinkSettings()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Embedded]:
    made = Embedded(EngineSettings(threads=1), tmp_path)
    web, api = KEY.hash(b"web"), KEY.hash(b"api")
    made.register(
        "conversations",
        pa.table(
            {
                "account": pa.array([0, 0, 0, 1, 2], pa.int32()),
                "conversation": [5, 6, 4, 7, 8],
                "pathway": [web, api, api, api, 0],
                "ts": [1, 1, 2, 1, 1],
            }
        ),
    )
    yield made
    made.close()


def test_strata_are_told_by_the_first_conversation(engine: Embedded) -> None:
    accounts = pa.table({"programme": pa.array(["standard", None, "startup", "startup"])})
    names = {KEY.hash(b"web"): "web"}
    found = strata(engine, accounts, names)
    assert found == (("standard", "web"), ("unknown", "other"), ("startup", "unknown"), ("startup", "unknown"))
    assert strata(engine, pa.table({"account": [0, 1, 2, 3]}), names)[2] == ("unknown", "unknown")


def test_baseline_comes_with_the_scan_that_may_read_it(engine: Embedded, tmp_path: Path) -> None:
    _, everyone = factories.made(1, 10, 4, 30)
    found = baseline(sample([WEB] * 80 + [API] * 70))
    assert with_baseline(everyone, engine, SETTINGS, KEY) is everyone
    path = tmp_path / "mix.json"
    settings = LinkSettings(baseline=path)
    save(msgspec.structs.replace(found, key_id=KEY.id, content_model=model_id(None)), path)
    seen = with_baseline(everyone, engine, settings, KEY)
    assert seen.baseline is not None
    assert seen.strata[:2] == (("standard", "web"), ("standard", "api"))
    assert len(seen.strata) == len(everyone)
    with pytest.raises(InputError, match="learnt under key"):
        with_baseline(everyone, engine, settings, Key(bytes(BYTES)))


def beside(eliciting: float, alike: float = 0.0) -> tuple[Cohort, Population]:
    """A cohort that elicits reasoning in a scan whose strangers all do the same, beside a baseline."""
    found, everyone = factories.made(3, 40, 4, 200)
    words = tuple(ELICITS.format(THINGS[n % 10]) + f" Part {n}." for n in range(40))
    found = replace(
        found,
        words=words,
        outside_words=words * 3,
        outside_authors=found.outside_authors[: len(words)] * 3,
        authors=tuple(found.numbers.tolist()),
    )
    mix = baseline(sample([WEB] * 200, eliciting, alike=alike))
    strata = (("standard", "web"),) * len(everyone)
    return found, replace(everyone, baseline=mix, strata=strata)


def test_intents_stand_above_the_baseline_where_everybody_in_the_scan_does_the_same() -> None:
    found, everyone = beside(0.02)
    alone = intents.weigh(found, replace(everyone, baseline=None), SETTINGS)
    compared = intents.weigh(found, everyone, SETTINGS)
    assert alone is not None
    assert compared is not None
    assert abs(alone.log10_bf) < 0.05, "half hostile traffic hides what it does from itself"
    assert compared.log10_bf > 0.7
    assert "the baseline's" in compared.sentence
    usual = intents.weigh(*beside(0.95), SETTINGS)
    assert usual is not None
    assert usual.log10_bf < 0.1, "who does what the provider's customers do is no harvester"


def test_a_few_requests_do_not_speak_for_a_cohort_beside_a_baseline() -> None:
    found, everyone = beside(0.02)
    plain = tuple(f"what is a good recipe for soup number {n}" for n in range(39))
    one = intents.weigh(replace(found, words=(found.words[0], *plain)), everyone, SETTINGS)
    assert one is not None
    assert one.numbers["reasoning_elicitation"] < 0.05, "the ends are cut off on both sides"


def test_narrowness_needs_no_strangers_beside_a_baseline() -> None:
    found, everyone = beside(0.02, alike=0.0)
    alone = replace(everyone, samples={})
    compared = narrowness.weigh(found, alone, SETTINGS)
    assert narrowness.weigh(found, replace(alone, baseline=None), SETTINGS) is None
    assert compared is not None
    assert compared.numbers["strangers"] == pytest.approx(0, abs=0.02)
    narrow = narrowness.weigh(*beside(0.02, alike=1.0), SETTINGS)
    assert narrow is not None
    assert narrow.numbers["strangers"] > 0.4
    assert narrow.log10_bf < compared.log10_bf
    assert np.isclose(narrow.numbers["cosine"], compared.numbers["cosine"])
