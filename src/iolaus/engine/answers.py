"""What a user is told of what a Spark Connect server answers, never with a value of a row."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from iolaus.errors import InputError

if TYPE_CHECKING:
    from pyspark.errors import PySparkException

OURS = re.compile(
    rf"^(?:{re.escape(InputError.__module__)}\.{InputError.__name__}|ImportError|ModuleNotFoundError): (.+)$",
    re.MULTILINE,
)
"""In the trace that the server sends, what we raised on a worker, or what was missing there. Neither holds a value."""


@contextlib.contextmanager
def answering(place: str) -> Iterator[None]:
    """Turn what the client says into one clear line."""
    from pyspark.errors import PySparkException

    try:
        yield
    except PySparkException as error:
        raise told(place, error) from None


def told(place: str, error: PySparkException) -> InputError:
    """What a user is told. The client's messages may quote values of rows, so that of these only our own are shown."""
    if lost(error):
        return InputError(
            f"engine {place}: the connection was lost. See why in the server's log and start it again; the same"
            " command then goes on where it stopped."
        )
    ours = OURS.search(str(error))
    if ours is not None:
        return InputError(f"engine {place}, on a worker: {ours[1]}")
    return InputError(
        f"engine {place}: refused a statement ({kind_of(error)}). See the server's log, or leave --engine out."
    )


def lost(error: PySparkException) -> bool:
    """Whether the server is gone, rather than that it refused something."""
    return "UNAVAILABLE" in str(error) or kind_of(error).startswith("RETRIES_EXCEEDED")


def kind_of(error: PySparkException) -> str:
    """The name of an error, without its values."""
    return error.getCondition() or type(error).__name__
