"""Windows of the protocol of arXiv 2606.05725: honest ones, and such that hold a share of another set's prompts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree
from training.content.held_out import prompts
from training.content.shallow import baseline, seven

Rows = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
SHARES = (0.05, 0.10, 0.25, 0.50, 1.0)
SIZES = (1500, 100)
SEEDS = (1, 20, 42)
BENIGN = 1000
MIXED = {0.05: 50, 0.10: 50, 0.25: 50, 0.50: 20, 1.0: 20}
"""Windows by share; fewer where every test finds nearly all."""

REFERENCE = 0.4
"""Share of the honest prompts that tests learn from; windows are cut from the others."""

NEIGHBOURS, CALIPER = 20, 0.75
"""How many honest prompts are tried for a match, and its largest distance in standard deviations of seven features."""

LEAST_PAIRS = 100
LONGEST = 4000

HONEST = {
    "people": ("arena", "arena_hard", "hh_harmless_test", "tau_bench", "act_as", "mt_bench"),
    "instructions": ("toolformer",),
}
"""Honest mixes. toolformer is a set of instructions to an assistant with tools; it stands for a product's customers."""

OTHERS = {
    "gsm8k": ("gsm8k_test",),
    "math500": ("math500",),
    "mbpp": ("mbpp",),
    "leetcode": ("leetcode",),
    "toolformer": ("toolformer",),
    "apibench": ("apibench",),
    "bfcl": ("bfcl_live_irrelevance", "bfcl_multi_turn"),
    "toolbench": ("toolbench",),
    "prometheus": ("prometheus_vicuna", "prometheus_hhh"),
    "autoj": ("autoj_pairwise",),
    "biggen": ("biggen",),
    "pandalm": ("pandalm",),
    "p3": ("p3",),
}
"""Sets that are mixed in. judge_single is left out: nearly all Chinese, and Chinese people's prompts are too few."""


@dataclass(frozen=True)
class Pool:
    """texts: those of the honest mix first, ``honest`` in number; others: name -> rows; shallow: float64[n, 7]."""

    texts: list[str]
    honest: int
    source: list[str]
    others: dict[str, Rows]
    shallow: Floats


def pool(folder: Path, name: str) -> Pool:
    """The honest mix ``name`` and every set that is no part of it, each text once."""
    everything = prompts(folder)

    def of(sources: Sequence[str]) -> list[tuple[str, str]]:
        found = {p.text[:LONGEST]: p.source for source in sources for p in everything if p.source == source}
        return list(found.items())

    honest = of(HONEST[name])
    texts, known = [text for text, _ in honest], {text for text, _ in honest}
    others: dict[str, Rows] = {}
    for other, sources in OTHERS.items():
        if set(sources) & set(HONEST[name]):
            continue
        mine = [text for text, _ in of(sources) if text not in known]
        others[other] = np.arange(len(texts), len(texts) + len(mine))
        texts += mine
    shallow = seven(texts)
    shallow[:, 4] = np.log1p(shallow[:, 4])
    shallow = (shallow - shallow[: len(honest)].mean(0)) / (shallow[: len(honest)].std(0) + 1e-9)
    return Pool(texts, len(honest), [source for _, source in honest], others, shallow)


def matched(found: Pool, honest: Rows, other: Rows) -> Rows:
    """int64[p, 2]: honest rows and the nearest others by the seven shallow features, each once, nearest first."""
    distance, place = cKDTree(found.shallow[other]).query(
        found.shallow[honest], k=min(NEIGHBOURS, len(other)), distance_upper_bound=CALIPER
    )
    rows, columns = np.nonzero(np.isfinite(distance))
    order = np.argsort(distance[rows, columns], kind="stable")
    taken_honest, taken_other, pairs = set(), set(), []
    for row, column in zip(rows[order], columns[order], strict=True):
        mine, theirs = int(honest[row]), int(other[place[row, column]])
        if mine not in taken_honest and theirs not in taken_other:
            taken_honest.add(mine)
            taken_other.add(theirs)
            pairs.append((mine, theirs))
    return np.array(pairs, np.int64).reshape(len(pairs), 2)


def told_apart(found: Pool, pairs: Rows, rng: np.random.Generator) -> float:
    """AUROC of the seven features on pairs that the regression has not seen: what matching left of style."""
    from training.content.rates import auroc

    order, half = rng.permutation(len(pairs)), len(pairs) // 2
    train, test = pairs[order[:half]], pairs[order[half:]]
    texts = [found.texts[row] for row in np.concatenate([train.T.ravel(), test.T.ravel()])]
    target = np.repeat([False, True], half)
    scores = baseline(texts[: 2 * half], target, texts[2 * half :])
    return auroc(scores[len(test) :], scores[: len(test)])


def draw(rng: np.random.Generator, rows: Rows, size: int) -> Rows:
    """``size`` of ``rows``, with replacement where they are short."""
    return rng.choice(rows, size, replace=len(rows) < size)


def honest_pairs(rng: np.random.Generator, held: Rows, size: int, count: int = BENIGN) -> tuple[list[Rows], list[Rows]]:
    """Windows for the threshold and windows that state the rate; the two of a place have no prompt in common."""
    first, second = [], []
    for _ in range(count):
        order = rng.permutation(held)
        first.append(draw(rng, order[: len(order) // 2], size))
        second.append(draw(rng, order[len(order) // 2 :], size))
    return first, second


def mixed(rng: np.random.Generator, held: Rows, other: Rows, size: int, share: float) -> list[Rows]:
    """Windows with ``share`` of ``other``'s prompts, as they come."""
    count = round(share * size)
    return [np.concatenate([draw(rng, held, size - count), draw(rng, other, count)]) for _ in range(MIXED[share])]


def mixed_matched(rng: np.random.Generator, held: Rows, pairs: Rows, size: int, share: float) -> list[Rows]:
    """The same where each foreign prompt stands for an honest one of its length and style, which is left out."""
    count, found = round(share * size), []
    for _ in range(MIXED[share]):
        chosen = pairs[draw(rng, np.arange(len(pairs)), count)]
        found.append(np.concatenate([draw(rng, np.setdiff1d(held, chosen[:, 0]), size - count), chosen[:, 1]]))
    return found
