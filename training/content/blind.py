"""The blind sets: families of reasoning elicitation and honest neighbours by writers who saw no training text."""

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

HERE = Path(__file__).parent
SETS = {"blind": HERE / "blind", "blind2": HERE / "blind2"}
"""``blind`` was measured while the model was made, and is history; ``blind2`` once, after it was final."""

LANGUAGES = ("zh", "es", "ru", "de", "fr", "it", "pt", "ja", "ko")
"""By whose names families of other languages than English begin."""

RATE = 0.005
"""False-positive rate on honest neighbours at which recall is asked for."""

LOOSER = (0.01, 0.02, 0.05)
"""Rates at which recall is shown as well."""

CAUGHT = 0.5
PLACE = INTENTS.index("reasoning_elicitation")
Rows = list[tuple[str, str]]


def rows(folder: Path, name: str) -> Rows:
    """(family, text) of ``hostile`` or ``honest``."""
    lines = (folder / f"{name}.tsv").read_text("utf-8").split("\n")
    pairs = [line.split("\t", 1) for line in lines if "\t" in line]
    return [(family, text.replace("\\n", "\n")) for family, text in pairs]


def scores(model: HashedModel, texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """float64[n]: probability of reasoning elicitation."""
    return model.read(pa.array(texts, pa.large_string())).intents[:, PLACE].astype(np.float64)


def language(family: str) -> str:
    """Language of a family by its name."""
    return family[:2] if family[2:3] == "_" and family[:2] in LANGUAGES else "en"


def blind_table(model: HashedModel, folder: Path) -> dict[str, Any]:
    """Recall at 0.5 % of honest neighbours, by prompt, by family, and pooled over a family's uses."""
    hostile, honest = rows(folder, "hostile"), rows(folder, "honest")
    found, spared = scores(model, [t for _, t in hostile]), scores(model, [t for _, t in honest])
    allowed, threshold = _threshold(spared, RATE)
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
        "looser": {f"{rate:g}": float((found > _threshold(spared, rate)[1]).mean()) for rate in LOOSER},
        "at_half": float((found > CAUGHT).mean()), "honest_at_half": int((spared > CAUGHT).sum()),
        "honest_at_half_upper": upper(int((spared > CAUGHT).sum()), len(spared)),
        "families": families, "neighbours": neighbours, "families_above_every_neighbour": int((pooled > highest).sum()),
        "word_lists": {"recall": float(listed[0].mean()), "honest": float(listed[1].mean())},
    }  # fmt: skip


def _threshold(spared: npt.NDArray[np.float64], rate: float) -> tuple[int, float]:
    allowed = int(len(spared) * rate)
    return allowed, float(np.sort(spared)[::-1][allowed])


def survival(model: HashedModel, folder: Path, padding: Sequence[str]) -> list[dict[str, Any]]:
    """Share above one half of hostile and of honest English texts, in each disguise; translations are families."""
    kinds = [rows(folder, name) for name in ("hostile", "honest")]
    english = [[t for family, t in kind if language(family) == "en"] for kind in kinds]
    found = [_survived(model, name, *([change(t) for t in texts] for texts in english))
             for name, change in disguises(padding).items()]  # fmt: skip
    for name in LANGUAGES:
        parts = [[t for family, t in kind if language(family) == name] for kind in kinds]
        if parts[0]:
            found.append(_survived(model, f"written in {name}", *parts))
    return found


def _survived(model: HashedModel, name: str, hostile: Sequence[str], honest: Sequence[str]) -> dict[str, Any]:
    found, spared = scores(model, hostile), scores(model, honest)
    return {"disguise": name, "hostile": float((found > CAUGHT).mean()),
            "honest": float((spared > CAUGHT).mean()) if honest else None,
            "auroc": auroc(found, spared) if honest else None}  # fmt: skip
