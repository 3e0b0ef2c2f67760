"""What sampled requests of candidates say: by their texts, by what a state keeps of them, or by keyed sketches."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from iolaus.engine import Engine
from iolaus.link.asking import asked
from iolaus.link.assemble import Assembly
from iolaus.link.candidates import Candidate
from iolaus.link.passages import SharedWords
from iolaus.link.readings import read
from iolaus.link.scored import Asked, Scored, read_given
from iolaus.link.scored import read as scores
from iolaus.link.settings import LinkSettings
from iolaus.sketch.content import ContentModel
from iolaus.sketch.content_backends import chosen
from iolaus.workspace import Workspace


def let_know(
    assembly: Assembly,
    work: Workspace,
    engine: Engine,
    candidates: Sequence[Candidate],
    settings: LinkSettings,
    shared: SharedWords,
) -> None:
    """Let the assembly know what sampled requests say; where a state stands behind the scan, what it keeps of them.

    With a state no text is asked, not even what is at hand: else what is found would hang on how logs were cut.
    """
    scored = scores(work.folder("sketch"), engine, assembly.uses, candidates, settings)
    if scored is not None:
        assembly.authors = {name: authors for name, (authors, _) in scored.items()}
        assembly.scored = {name: found for name, (_, found) in scored.items()}
        return
    words = read(work.folder("ingest") / "exchanges", engine, assembly.uses, candidates, settings, shared)
    assembly.words = {name: tuple(text for _, text in texts) for name, texts in words.items()}
    assembly.authors = {name: tuple(account for account, _ in texts) for name, texts in words.items()}
    given = read_given(work.folder("sketch"), engine, assembly.uses, candidates, settings)
    if given is not None:
        _mix(assembly, given, chosen(settings.content_model))


def _mix(assembly: Assembly, given: Asked, model: ContentModel) -> None:
    """Where requests of a candidate came as keyed sketches, let it be known of all of them what they ask, and no text.

    Strangers keep their texts besides: a cohort whose requests all have theirs is compared with them.
    """
    known = {}
    for name, (authors, scored) in given.items():
        if len(scored) or not name:
            texts = pa.array(assembly.words[name], pa.large_string())
            known[name] = Scored.joined(scored, asked(texts, model))
        if len(scored):
            assembly.authors = {**assembly.authors, name: (*authors, *assembly.authors[name])}
        if len(scored) and name:
            assembly.words = {**assembly.words, name: ()}
    assembly.scored = known
