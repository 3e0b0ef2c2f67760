"""The seven shallow features of a prompt, and a logistic regression on their means by account.

What any text classifier gets for nothing: public "attack" and "benign" prompts differ in style, so a detector that
is not better than this has learnt style. L2 logistic regression, five folds by source: a campaign, or an honest
crowd, is either learnt from or judged, never both.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from iolaus.evaluate.gauge_text import FEATURES
from iolaus.evaluate.sheet import Sheet

MEAN = "shallow:"
"""Prefix of the sheet's columns that hold an account's mean of each feature."""

NAME = "seven_features"
FOLDS = 5


def means(account: npt.NDArray[np.int64], features: npt.NDArray[np.float64], accounts: int) -> dict[str, pa.Array]:
    """The sheet's columns: each feature's mean over an account's openings, null where it has none."""
    counts = np.bincount(account, minlength=accounts)
    columns = {}
    for place, name in enumerate(FEATURES):
        total = np.bincount(account, features[:, place], minlength=accounts)
        columns[MEAN + name] = pa.array(np.where(counts > 0, total / np.maximum(counts, 1), np.nan), from_pandas=True)
    return columns


def scored(sheet: Sheet) -> Sheet:
    """``sheet`` with the out-of-fold probability of each account; the own threshold is one half.

    Where all hostile accounts are of one source nothing can be learnt without it: the score is null.
    """
    columns = [MEAN + name for name in FEATURES]
    if any(name not in sheet.table.column_names for name in columns):
        return sheet
    inputs = np.stack([sheet.numbers(name) for name in columns], 1)
    hostile, score = sheet.flags("hostile"), np.full(len(sheet), np.nan)
    readable = np.isfinite(inputs).all(1)
    campaign, crowd = sheet.names("campaign"), sheet.names("crowd")
    source = np.where(campaign != "", campaign, crowd).astype(str)
    if len(set(source[readable & hostile].tolist())) >= 2 and len(set(source[readable].tolist())) >= FOLDS:
        score[readable] = _out_of_fold(inputs[readable], hostile[readable], source[readable])
    table = sheet.table.append_column(f"score:{NAME}", pa.array(score, from_pandas=True))
    return Sheet(table.append_column(f"own:{NAME}", pa.array(np.nan_to_num(score) > 0.5)))


def _out_of_fold(
    inputs: npt.NDArray[np.float64], hostile: npt.NDArray[np.bool_], source: npt.NDArray[np.str_]
) -> npt.NDArray[np.float64]:
    found = np.full(len(inputs), np.nan)
    for learn, judge in GroupKFold(FOLDS).split(inputs, hostile, source):
        if hostile[learn].any() and not hostile[learn].all():
            model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
            found[judge] = model.fit(inputs[learn], hostile[learn]).predict_proba(inputs[judge])[:, 1]
    return found
