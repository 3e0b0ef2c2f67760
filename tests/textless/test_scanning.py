"""A scan of keyed sketches finds what one of the texts finds, with and without a state, and says what it could not."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from iolaus.evaluate.textless import chosen
from iolaus.ingest.inputs import Inputs
from iolaus.settings import load
from iolaus.simulate import simulate
from iolaus.textless import run
from state.keeping import accused, campaigns, kept_rows, memberships, scanned, verdicts

SCALE = 0.25
NEAR = 0.02
"""Memberships may differ by so much: of long requests a sketch knows what both ends ask."""


@dataclass(frozen=True)
class Made:
    """A world's inputs with its texts and without, the weights of words of both, and what was found in the first."""

    texts: Inputs
    sketches: Inputs
    mixed: Inputs
    weights: Path
    out: Path

    @property
    def sections(self) -> dict[str, Any]:
        """Settings that both scans have."""
        return {"sketch": {"weights": self.weights}}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    place = tmp_path_factory.mktemp("textless")
    simulate("demo", place / "world", SCALE, 0, ())
    sides = (place / "world" / name for name in ("accounts.parquet", "account_events.parquet", "releases.csv"))
    texts = Inputs((str(place / "world" / "exchanges"),), *sides)
    weights, whole = place / "weights.npy", place / "sketches.parquet"
    run.learn(texts, load(), weights)
    run.batch(texts, load(None, {"sketch": {"weights": weights}}), whole)
    rows, sketches = pq.read_table(place / "world" / "exchanges"), pq.read_table(whole)
    pq.write_table(rows.filter(pc.invert(chosen(rows["account_id"]))), place / "rest.parquet")
    pq.write_table(sketches.filter(chosen(sketches["account_id"])), place / "some.parquet")
    both = (str(place / "rest.parquet"), str(place / "some.parquet"))
    out = scanned(texts, place / "out", sketch={"weights": weights})
    return Made(texts, replace(texts, logs=(str(whole),)), replace(texts, logs=both), weights, out)


def evidence(out: Path) -> dict[tuple[str, str], float]:
    """(words of a campaign, kind of evidence) -> weight."""
    return {
        (",".join(sorted(p["id"] for p in found["phrases"])), piece["kind"]): piece["log10_bf"]
        for found in campaigns(out)
        for piece in found["evidence"]
    }


def same(made: Made, out: Path) -> None:
    """The same accused and verdicts, and memberships that hardly differ."""
    assert accused(made.out), "the scan of texts accuses nobody"
    assert accused(out) == accused(made.out)
    assert verdicts(out) == verdicts(made.out)
    one, other = memberships(made.out), memberships(out)
    assert max(abs(one[name] - other[name]) for name in one) < NEAR


@pytest.fixture(scope="module")
def bare(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scanned(made.sketches, tmp_path_factory.mktemp("bare") / "out", **made.sections)


def test_sketches_alone_give_the_verdicts_of_texts(made: Made, bare: Path) -> None:
    same(made, bare)
    mine, theirs = evidence(made.out), evidence(bare)
    assert {kind for _, kind in mine} - {kind for _, kind in theirs} <= {"two_sample"}
    unlike = {kind for name, kind in theirs if theirs[name, kind] != mine.get((name, kind))}
    assert unlike <= {"intents"}, f"evidence that no text goes into differs: {unlike}"


def test_what_needs_text_is_said(made: Made, bare: Path) -> None:
    assert any(phrase["text"] for found in campaigns(made.out) for phrase in found["phrases"])
    assert not any(phrase["text"] for found in campaigns(bare) for phrase in found["phrases"])
    told = json.loads((bare / "run.json").read_bytes())
    rows = pq.read_metadata(made.sketches.logs[0]).num_rows
    assert any("came as keyed sketches" in warning and "two_sample" in warning for warning in told["warnings"])
    whole = json.loads((made.out / "run.json").read_bytes())["assessable"]
    for by, groups in told["assessable"].items():
        assert sum(group["exchanges"] for group in groups.values()) == rows
        for name, group in groups.items():
            assert (group["assessed"], group["sketched"]) == (whole[by][name]["assessed"], whole[by][name]["with_text"])
            assert group["with_text"] == 0
    page = (bare / "report.html").read_text("utf-8")
    assert "came as keyed sketches" in page
    assert "stands in the texts that came of fewer than" in page


def test_sketches_of_some_accounts_stand_beside_texts_of_others(made: Made, tmp_path: Path) -> None:
    out = scanned(made.mixed, tmp_path / "out", **made.sections)
    same(made, out)
    assert any(phrase["text"] for found in campaigns(out) for phrase in found["phrases"])


def test_a_state_keeps_of_sketches_what_it_keeps_of_texts(made: Made, tmp_path: Path) -> None:
    kept = {}
    for name, inputs in (("texts", made.texts), ("mixed", made.mixed)):
        scanned(inputs, tmp_path / name / "out", tmp_path / name / "state", **made.sections)
        kept[name] = kept_rows(tmp_path / name / "state").sort_by("exchange_id")
    named = kept["mixed"]["text_state"]
    assert pc.sum(pc.equal(named, "sketched")).as_py() > 1_000
    for column in kept["texts"].column_names:
        if column not in ("text_state", "scores", "script"):
            assert kept["texts"][column].equals(kept["mixed"][column]), column
    both = pc.and_(pc.is_valid(kept["texts"]["scores"]), pc.is_valid(kept["mixed"]["scores"]))
    assert pc.sum(both).as_py() > 1_000
    for column in ("scores", "script"):
        assert kept["texts"][column].filter(both).equals(kept["mixed"][column].filter(both))
    assert accused(tmp_path / "mixed" / "out") == accused(tmp_path / "texts" / "out")
