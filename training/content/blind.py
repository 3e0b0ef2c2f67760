"""The blind set: families of reasoning elicitation and honest neighbours by somebody who saw no training text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from training.content.disguise import disguises
from training.content.rates import auroc, interval, upper
from training.content.shallow import WORD_LISTS

from iolaus.sketch.content import INTENTS, HashedModel

FOLDER = Path(__file__).parent / "blind"
RATE = 0.005
"""False-positive rate on honest neighbours at which recall is asked for."""

CAUGHT = 0.5
PLACE = INTENTS.index("reasoning_elicitation")
Rows = list[tuple[str, str]]


def rows(name: str) -> Rows:
    """(family, text) of ``hostile`` or ``honest``."""
    lines = (FOLDER / f"{name}.tsv").read_text("utf-8").splitlines()
    pairs = [line.split("\t", 1) for line in lines if "\t" in line]
    return [(family, text.replace("\\n", "\n")) for family, text in pairs]


def scores(model: HashedModel, texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """float64[n]: probability of reasoning elicitation."""
    return model.read(pa.array(texts, pa.large_string())).intents[:, PLACE].astype(np.float64)


def blind_table(model: HashedModel) -> dict[str, Any]:
    """Recall at 0.5 % of honest neighbours, by prompt, by family, and pooled over a family's uses."""
    hostile, honest = rows("hostile"), rows("honest")
    found, spared = scores(model, [t for _, t in hostile]), scores(model, [t for _, t in honest])
    allowed = int(len(spared) * RATE)
    threshold = float(np.sort(spared)[::-1][allowed])
    families: dict[str, Any] = {}
    for name in sorted({family for family, _ in hostile}):
        mine = found[[family == name for family, _ in hostile]]
        families[name] = {"texts": len(mine), "found": int((mine > threshold).sum()), "pooled": float(mine.mean())}
    neighbours = {
        name: float(spared[[family == name for family, _ in honest]].mean())
        for name in sorted({family for family, _ in honest})
    }
    pooled, highest = np.array([f["pooled"] for f in families.values()]), max(neighbours.values())
    listed = [np.array([WORD_LISTS["reasoning_elicitation"].search(t) is not None for _, t in r], float)
              for r in (hostile, honest)]  # fmt: skip
    return {
        "hostile": len(found), "honest": len(spared), "allowed": allowed, "threshold": threshold,
        "recall": float((found > threshold).mean()), "auroc": auroc(found, spared), "interval": interval(found, spared),
        "at_half": float((found > CAUGHT).mean()), "honest_at_half": int((spared > CAUGHT).sum()),
        "honest_at_half_upper": upper(int((spared > CAUGHT).sum()), len(spared)),
        "families": families, "neighbours": neighbours, "families_above_every_neighbour": int((pooled > highest).sum()),
        "word_lists": {"recall": float(listed[0].mean()), "honest": float(listed[1].mean())},
    }  # fmt: skip


def survival(model: HashedModel, padding: Sequence[str]) -> list[dict[str, Any]]:
    """Share above one half of hostile and of honest English texts, in each disguise; translations are families."""
    english = [[t for family, t in rows(name) if family[:3] not in ("zh_", "es_", "ru_", "de_")]
               for name in ("hostile", "honest")]  # fmt: skip
    found = []
    for name, change in disguises(padding).items():
        hostile, honest = (scores(model, [change(t) for t in texts]) for texts in english)
        found.append({"disguise": name, "hostile": float((hostile > CAUGHT).mean()),
                      "honest": float((honest > CAUGHT).mean()), "auroc": auroc(hostile, honest)})  # fmt: skip
    for language in ("zh", "es", "ru", "de"):
        parts = [[t for family, t in rows(name) if family.startswith(f"{language}_")] for name in ("hostile", "honest")]
        if parts[0]:
            hostile, honest = scores(model, parts[0]), scores(model, parts[1])
            found.append({"disguise": f"written in {language}", "hostile": float((hostile > CAUGHT).mean()),
                          "honest": float((honest > CAUGHT).mean()) if parts[1] else None,
                          "auroc": auroc(hostile, honest) if parts[1] else None})  # fmt: skip
    return found
