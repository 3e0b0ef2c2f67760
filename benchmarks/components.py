"""What principal components of strangers' topics do for interchangeability, on the demo world.

``python -m benchmarks.components [--scale 1.0] [--seed 0]``. For the users of one agent framework and for the hydra it
prints the variance ratio (between accounts over within one; 0 is one queue) of whole topic vectors and of their
principal components.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc
import pyarrow.parquet as pq

from iolaus.engine import Engine, open_engine
from iolaus.fingerprint.run import run as fingerprint
from iolaus.ingest.inputs import Inputs
from iolaus.ingest.run import ingest
from iolaus.key import BYTES, Key
from iolaus.link.assemble import Assembly
from iolaus.link.candidates import Candidate
from iolaus.link.cohort import Cohort
from iolaus.link.releases import with_releases
from iolaus.link.settings import LinkSettings
from iolaus.link.variance import Spread, explain_by_group
from iolaus.progress import Progress
from iolaus.settings import Settings
from iolaus.simulate import simulate
from iolaus.sketch.phrases import run as phrases
from iolaus.sketch.run import run as sketch
from iolaus.workspace import Workspace

OWN_SHARE = 0.8
"""Share of a phrase's users that must be of a crowd, so that the phrase is the crowd's own."""


def assemble(world: Path, place: Path, settings: Settings) -> tuple[Assembly, Engine]:
    """The stages up to the evidence."""
    key, progress = Key(bytes(range(BYTES))), Progress()
    work = Workspace(place, "components")
    engine = open_engine(settings.engine, place / "scratch")
    inputs = Inputs((str(world / "exchanges"),), world / "accounts.parquet", releases=world / "releases.csv")
    read = ingest(inputs, settings.ingest, key, work, engine, progress)
    sketch(work, settings.sketch, key, engine, progress)
    phrases(work, settings.sketch, engine, progress)
    fingerprint(work, settings.fingerprint, engine, progress)
    found = Assembly(work, engine, settings.link, key, read.has_account_table)
    found.population = with_releases(found.population, engine, work.folder("ingest"), settings.link, key)
    return found, engine


def crowd_of(assembly: Assembly, engine: Engine, accounts: npt.NDArray[np.int32]) -> Cohort | None:
    """The accounts with the conversations that use their most used own phrase; None where they have none."""
    uses = engine.table("SELECT DISTINCT phrase, account FROM phrase_uses")
    phrase, account = uses["phrase"].to_numpy(), uses["account"].to_numpy()
    names, place = np.unique(phrase, return_inverse=True)
    users = np.bincount(place)
    own = np.bincount(place, np.isin(account, accounts))
    if not (own >= OWN_SHARE * users).any():
        return None
    chosen = int(names[np.argmax(np.where(own >= OWN_SHARE * users, own, 0))])
    return assembly.cut(Candidate("crowd", ("words",), (chosen,), accounts, False, 0))


def ratio(vectors: npt.NDArray[np.float64], cohort: Cohort, settings: LinkSettings) -> float:
    """Variance between accounts over that within one."""
    nothing = Spread(0.0, 1.0)
    group = cohort.member[cohort.topic_rows]
    found = explain_by_group(vectors, group, nothing, nothing, settings.variance_inflation)
    return float("nan") if found is None else found.ratio


def main() -> int:
    """Print a line for each of the two crowds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    wanted = parser.parse_args()
    settings = Settings()
    with tempfile.TemporaryDirectory() as folder:
        world = Path(folder) / "world"
        simulate("demo", world, wanted.scale, wanted.seed)
        assembly, engine = assemble(world, Path(folder) / "state", settings)
        truth = pq.read_table(world / "truth" / "accounts.parquet")
        ids = assembly.population.accounts["account_id"]
        groups = {
            "framework users": pc.equal(truth["crowd"], "framework_users"),
            "hydra": pc.equal(truth["role"], "operated"),
        }
        print(f"{'crowd':<18}{'accounts':>9}{'whole vectors':>15}{settings.link.topic_components:>4} components")
        for name, rows in groups.items():
            chosen = pc.index_in(truth.filter(rows)["account_id"], value_set=ids.combine_chunks())
            cohort = crowd_of(assembly, engine, np.sort(chosen.to_numpy()).astype(np.int32))
            if cohort is None:
                print(f"{name:<18} no phrase of their own")
                continue
            whole = ratio(cohort.topics.astype(np.float64), cohort, settings.link)
            parts = ratio(assembly.population.projected(cohort.topics), cohort, settings.link)
            print(f"{name:<18}{len(np.unique(cohort.member)):>9}{whole:>15.3f}{parts:>15.3f}")
        engine.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
