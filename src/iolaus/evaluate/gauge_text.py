"""Seven shallow features of a prompt, and how well they tell a campaign's prompts from its look-alike's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from iolaus.engine.embedded import Embedded

FEATURES = ("log_characters", "closed", "upper_case", "non_latin", "newlines", "word_length", "commas")

_LETTERS = r"length(regexp_replace(prompt, '\P{L}', '', 'g'))"
TEXT_SQL = rf"""
log10(length(prompt)) AS log_characters,
CAST(regexp_matches(prompt, '[.?!]\s*$') AS INTEGER) AS closed,
length(regexp_replace(prompt, '\P{{Lu}}', '', 'g')) / greatest({_LETTERS}, 1) AS upper_case,
1 - length(regexp_replace(prompt, '\P{{Latin}}', '', 'g')) / greatest({_LETTERS}, 1) AS non_latin,
length(prompt) - length(replace(prompt, chr(10), '')) AS newlines,
length(regexp_replace(prompt, '\s', '', 'g')) / greatest(len(regexp_extract_all(prompt, '\S+')), 1) AS word_length,
100.0 * (length(prompt) - length(replace(prompt, ',', ''))) / length(prompt) AS commas
"""
"""Characters (log10), ends in . ? or !, upper-case share of letters, non-Latin share of letters, newlines, mean
word length, commas per 100 characters."""


@dataclass(frozen=True)
class Prompts:
    """Prompts of both sides: columns of ``FEATURES`` and the ``opening`` three words, one row a prompt."""

    honest: pa.Table
    hostile: pa.Table

    def beside(self, other: Prompts) -> Prompts:
        """These and those of another world."""
        return Prompts(
            *(pa.concat_tables(pair) for pair in ((self.honest, other.honest), (self.hostile, other.hostile)))
        )


def prompts(engine: Embedded, campaign: str, crowds: list[str], padding: bool, most: int = 4_000) -> Prompts:
    """At most ``most`` prompts of a campaign, or of its padding, and as many of its look-alike crowds."""
    theirs = f"c.campaign_id = '{campaign}' AND s.campaign_id IS {'' if padding else 'NOT '}NULL"
    alike = ", ".join(f"'{crowd}'" for crowd in crowds)
    return Prompts(
        *(
            engine.table(
                f"SELECT {TEXT_SQL}, array_to_string(regexp_extract_all(lower(prompt), '\\w+')[:3], ' ') AS opening "
                "FROM (SELECT prompt FROM sent s JOIN chosen c USING (account_id) "
                f"WHERE {side} AND length(s.prompt) > 0 ORDER BY s.exchange_id LIMIT {most})"
            )
            for side in (f"c.campaign_id IS NULL AND c.crowd IN ({alike})", theirs)
        )
    )


def prompts_apart(both: Prompts) -> float | None:
    """AUROC of the seven features between a campaign's prompts and its look-alike crowds'.

    L2 logistic regression, five folds; prompts that open with the same three words stand in one fold, so that
    what was learnt of one template is tried on others. None where either side has fewer than 200 prompts.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import GroupKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    sides = [both.honest, both.hostile]
    if min(len(side) for side in sides) < 200:
        return None
    rows = np.concatenate([_matrix(side) for side in sides])
    label = np.repeat([0, 1], [len(side) for side in sides])
    openings = [opening for side in sides for opening in side["opening"].to_pylist()]
    group = np.unique(openings, return_inverse=True)[1]
    if len(np.unique(group[label == 1])) < 5:
        group = np.arange(len(label))
    model = make_pipeline(StandardScaler(), LogisticRegression(C=1.0, max_iter=1_000, class_weight="balanced"))
    score = cross_val_predict(model, rows, label, groups=group, cv=GroupKFold(5), method="decision_function")
    area = float(roc_auc_score(label, score))
    return max(area, 1 - area)


def _matrix(table: object) -> npt.NDArray[np.float64]:
    return np.column_stack([table[name].to_numpy() for name in FEATURES]).astype(np.float64)  # type: ignore[index]
