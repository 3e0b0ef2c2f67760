"""What single requests ask for, told from their texts: what is kept of them where no text is."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from iolaus.content.matching import script
from iolaus.link.passages import LONGEST, ends
from iolaus.link.scored import Scored
from iolaus.sketch.content import ContentModel

BEGINNING = 400
"""Characters by which :func:`iolaus.content.matching.script` goes."""


def asked(texts: pa.Array, model: ContentModel) -> Scored:
    """Script and scores of each text. texts: strings without nulls; of long ones beginning and end are read."""
    read = _clipped(texts)
    return Scored(tuple(_scripts(read)), model.read(read))


def _clipped(texts: pa.Array) -> pa.Array:
    """What is read of each text: the whole, or beginning and end of a long one."""
    long = np.flatnonzero(np.asarray(pc.greater(pc.utf8_length(texts), LONGEST)))
    if not len(long):
        return texts
    whole = texts.to_pylist()
    for row in long.tolist():
        whole[row] = ends(whole[row])
    return pa.array(whole, pa.large_string())


def _scripts(texts: pa.Array) -> list[str]:
    """The script of each text; what begins in ASCII is Latin, and is not looked at letter by letter."""
    begins = pc.utf8_slice_codeunits(texts, 0, BEGINNING)
    plain = np.asarray(pc.string_is_ascii(begins))
    names = ["latin"] * len(texts)
    for row in np.flatnonzero(~plain).tolist():
        names[row] = script(begins[row].as_py())
    return names
