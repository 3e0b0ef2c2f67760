"""How far one field, a pair of fields, or a model of all of them tells hostile accounts from honest ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from iolaus.evaluate.gauge_columns import Floats, Sheet

RATE = 0.001
"""False-positive rate at which the recall of a value is read."""

LEAST_HONEST = 100
LEAST_HOSTILE = 20
"""Accounts below which a comparison is not measurable."""

CHANCE = 0.05
"""Family-wise probability under which a value is held to be more than chance."""


def too_few(hostile: int, honest: int) -> bool:
    """Whether a comparison of so many accounts is not measurable."""
    return hostile < LEAST_HOSTILE or honest < LEAST_HONEST


@dataclass(frozen=True)
class Found:
    """One reading: what was read (columns by name), how large it is, and whether the bound holds."""

    columns: tuple[str, ...]
    what: str
    figure: float
    holds: bool


def recall_of_values(sheet: Sheet, hostile: npt.NDArray[Any], honest: npt.NDArray[Any], bound: float) -> list[Found]:
    """Recall of each value and pair of values that at most 0.1 % of the honest accounts show, largest first.

    ``hostile`` and ``honest`` are row numbers of the sheet. Only values whose recall exceeds ``bound`` can fail; one
    fails where it does so beyond chance (Fisher's exact test, corrected for every value and pair that was tried).
    """
    from scipy.stats import hypergeom

    names, marks = _one_hot(sheet, hostile, bound)
    if not names:
        return []
    bad, good = marks[hostile].astype(np.float32), marks[honest].astype(np.float32)
    hits, false = np.triu(bad.T @ bad), np.triu(good.T @ good)
    allowed = int(RATE * len(honest))
    rows, columns = np.nonzero((hits > bound * len(hostile)) & (false <= allowed))
    tried = len(names) * (len(names) + 1) // 2
    found = []
    for a, b in zip(rows, columns, strict=True):
        both = int(hits[a, b]), int(false[a, b])
        p = float(hypergeom.sf(both[0] - 1, len(hostile) + len(honest), sum(both), len(hostile)))
        pair = (names[a],) if a == b else (names[a], names[b])
        found.append(
            Found(
                tuple(name for name, _ in pair),
                " and ".join(f"{name} = {value[:40] or 'none'}" for name, value in pair),
                both[0] / len(hostile),
                p * tried >= CHANCE,
            )
        )
    return _leading(sorted(found, key=lambda f: (f.holds, len(f.columns), -f.figure, f.what)))


def _leading(found: list[Found]) -> list[Found]:
    """Without pairs of which one column or both columns were read before, and fared no better."""
    kept: list[Found] = []
    singles: set[str] = set()
    pairs: set[tuple[str, ...]] = set()
    for one in found:
        columns = tuple(sorted({column.removesuffix("_ever") for column in one.columns}))
        if singles & set(columns) or columns in pairs:
            continue
        kept.append(one)
        pairs.add(columns)
        if len(columns) == 1:
            singles |= set(columns)
    return kept


def _one_hot(
    sheet: Sheet, hostile: npt.NDArray[Any], bound: float
) -> tuple[list[tuple[str, str]], npt.NDArray[np.bool_]]:
    """Which account shows which value; values that too few hostile accounts show to matter are left out."""
    names: list[tuple[str, str]] = []
    marks: list[npt.NDArray[np.bool_]] = []
    inside = np.zeros(len(sheet), bool)
    inside[hostile] = True
    for name, column in sheet.values.items():
        for value in sorted(set(column[hostile])):
            mark = column == value
            if mark[hostile].mean() > bound:
                names.append((name, value))
                marks.append(mark)
    for name, sizes in sheet.relations.items():
        for low, high, label in ((2, 4, "2 to 4"), (5, 19, "5 to 19"), (20, np.inf, "20 or more")):
            mark = (sizes >= low) & (sizes <= high)
            if mark[hostile].mean() > bound:
                names.append((name, label))
                marks.append(mark)
    for (name, value), rows in sheet.ever.items():
        if inside[rows].sum() > bound * len(hostile):
            mark = np.zeros(len(sheet), bool)
            mark[rows] = True
            names.append((f"{name}_ever", value))
            marks.append(mark)
    return names, np.column_stack(marks) if marks else np.zeros((len(sheet), 0), bool)


def areas(
    sheet: Sheet, hostile: npt.NDArray[Any], honest: npt.NDArray[Any], bound: float, seed: int = 0, draws: int = 200
) -> list[Found]:
    """AUROC (the larger of a and 1 - a) of each number and group size, largest first.

    One fails where the lower end of its 95 % bootstrap interval over accounts exceeds ``bound``. Nulls rank lowest.
    """
    found = []
    for name, column in (*sheet.numbers.items(), *sheet.relations.items()):
        bad, good = (np.nan_to_num(column[rows], nan=-1e300) for rows in (hostile, honest))
        whole = _area(bad, good)
        low = whole
        if whole > bound:
            rng = np.random.default_rng([seed, len(name)])
            some = [
                _area(bad[rng.integers(0, len(bad), len(bad))], good[rng.integers(0, len(good), len(good))])
                for _ in range(draws)
            ]
            low = float(np.quantile(some, 0.025))
        found.append(Found((name,), f"{name} (at least {low:.2f})" if low < whole else name, whole, low <= bound))
    return sorted(found, key=lambda f: (-f.figure, f.what))


def _area(bad: Floats, good: Floats) -> float:
    ordered = np.sort(good)
    below = np.searchsorted(ordered, bad, "left") + np.searchsorted(ordered, bad, "right")
    area = float(below.mean() / 2 / len(good))
    return max(area, 1 - area)


def boosted(
    sheet: Sheet, hostile: npt.NDArray[Any], honest: npt.NDArray[Any], without: set[str], seed: int = 0
) -> float | None:
    """AUROC of boosted trees over every column that is not relational, by five-fold cross-validation.

    ``without``: columns that the scenario declares. None where no column is left.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from threadpoolctl import threadpool_limits

    rows = np.concatenate([honest, hostile])
    label = np.repeat([0, 1], [len(honest), len(hostile)])
    columns = [np.nan_to_num(values[rows], nan=-1.0) for name, values in sheet.numbers.items() if name not in without]
    kinds = [False] * len(columns)
    for name, values in sheet.values.items():
        if name not in without:
            columns.append(_codes(values[rows]))
            kinds.append(True)
    if not columns:
        return None
    model = HistGradientBoostingClassifier(
        max_iter=60, learning_rate=0.1, max_leaf_nodes=15, min_samples_leaf=10, categorical_features=kinds,
        random_state=seed, early_stopping=False,
    )  # fmt: skip
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    with threadpool_limits(1):
        score = cross_val_predict(model, np.column_stack(columns), label, cv=folds, method="decision_function")
    area = float(roc_auc_score(label, score))
    return max(area, 1 - area)


def _codes(values: npt.NDArray[Any]) -> Floats:
    """Numbers of the 100 most frequent values; all others are one."""
    names, place, uses = np.unique(values.astype(str), return_inverse=True, return_counts=True)
    rank = np.empty(len(names), np.float64)
    rank[np.argsort(-uses, kind="stable")] = np.arange(len(names))
    return np.minimum(rank, 100.0)[place]
