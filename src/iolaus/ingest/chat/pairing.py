"""Requests and answers that were logged as separate records, brought together in bounded memory."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from iolaus.ingest.draft import Draft, Hashed

PENDING = 4_096
"""Requests that wait for their answers, and answers that came before their requests: at most so many each."""

PENDING_CHARACTERS = 64_000_000
"""The texts of those that wait come to at most about this; the oldest leave first, as unanswered."""

LOOKBACK = 64
"""Without an id, an answer may belong to one of so many newest requests."""

LONGEST_WAIT_S = 3_600
"""Without an id, an answer that came later than this belongs to a request that is not in the file."""


@dataclass(slots=True)
class Half:
    """One of the two, waiting. ids: the other half may carry them too; sure: they were made for that."""

    draft: Draft
    ids: tuple[str, ...]
    sure: bool
    size: int


class Waiting:
    """Halves of one kind in order of arrival, found by id or by account. Several may share an id."""

    def __init__(self) -> None:
        self.halves: dict[int, Half] = {}
        self.size = 0
        self._serial = 0
        self._by_id: dict[str, dict[int, None]] = {}
        self._by_account: dict[Any, dict[int, None]] = {}

    def add(self, draft: Draft, ids: tuple[str, ...], sure: bool) -> None:
        """Let one wait."""
        half = Half(draft, ids, sure, _size(draft))
        self._serial += 1
        self.halves[self._serial] = half
        self.size += half.size
        for name in ids:
            self._by_id.setdefault(name, {})[self._serial] = None
        self._by_account.setdefault(_account(draft), {})[self._serial] = None

    def named(self, ids: tuple[str, ...]) -> int | None:
        """The oldest with one of ``ids``."""
        return next((serial for name in ids for serial in self._by_id.get(name, ())), None)

    def newest(self, answer: Draft, sure: bool) -> int | None:
        """The newest of the answer's account that has no sure id of its own, of the same model if there is one."""
        account, model = _account(answer), answer.values.get("model")
        places: list[dict[int, Half] | dict[int, None]] = [self.halves]
        if account is not None:
            places = [self._by_account.get(account, {}), self._by_account.get(None, {})]
        other: int | None = None
        for serials in places:
            for serial in islice(reversed(serials), LOOKBACK):
                half = self.halves[serial]
                if (sure and half.sure) or not _in_time(half.draft, answer):
                    continue
                if _same_model(half.draft.values.get("model"), model):
                    return serial
                other = serial if other is None else other
        # A gateway may send the request to another model than was asked for, and its answer says so.
        return other

    def take(self, serial: int | None = None) -> Draft:
        """Remove one, the oldest where none is named."""
        serial = next(iter(self.halves)) if serial is None else serial
        half = self.halves.pop(serial)
        self.size -= half.size
        for index, names in ((self._by_id, half.ids), (self._by_account, (_account(half.draft),))):
            for name in names:
                serials = index.get(name)
                if serials is not None:
                    serials.pop(serial, None)
                    if not serials:
                        del index[name]
        return half.draft

    @property
    def too_much(self) -> bool:
        """Whether the oldest must leave."""
        return len(self.halves) > PENDING or (self.size > PENDING_CHARACTERS and bool(self.halves))


class Pairs:
    """Waiting requests and answers of one file.

    By id where both carry one. Else by order: the answer belongs to the *newest* waiting request of its
    account, of the same model where there is one. The newest, because a client that lost an answer asks
    again; were the oldest taken, one lost answer would shift every later pair of the file.
    """

    def __init__(self) -> None:
        self._asked = Waiting()
        self._early = Waiting()

    def ask(self, draft: Draft, ids: tuple[str, ...], sure: bool) -> Iterator[Draft]:
        """Take in a request. Yields it where its answer is there, and what must leave to make room."""
        early = self._early.named(ids)
        if early is not None:
            yield merge(draft, self._early.take(early))
            return
        self._asked.add(draft, ids, sure)
        while self._asked.too_much:
            yield self._asked.take()

    def answer(self, draft: Draft, ids: tuple[str, ...], sure: bool) -> Iterator[Draft]:
        """Take in an answer. Yields the exchange where its request waits."""
        serial = self._asked.named(ids)
        if serial is None:
            serial = self._asked.newest(draft, sure)
        if serial is not None:
            yield merge(self._asked.take(serial), draft)
        elif ids:
            self._early.add(draft, ids, sure)
            while self._early.too_much:
                yield alone(self._early.take())
        else:
            yield alone(draft)

    def close(self) -> Iterator[Draft]:
        """Everything that still waits: requests nobody answered, answers nobody asked for."""
        while self._asked.halves:
            yield self._asked.take()
        while self._early.halves:
            yield alone(self._early.take())


def merge(request: Draft, answer: Draft) -> Draft:
    """The exchange: what the request says wins, the answer adds the rest."""
    values = request.values
    elapsed = elapsed_ms(values.get("ts"), answer.values.get("ts"))
    for name, value in answer.values.items():
        if values.get(name) is None:
            values[name] = value
    if elapsed is not None and values.get("duration_ms") is None:
        values["duration_ms"] = elapsed
    return request


def alone(answer: Draft) -> Draft:
    """An answer whose request is not in the file: an exchange all the same, its request not retained."""
    answer.values.setdefault("text_state", "not_retained")
    return answer


def elapsed_ms(start: Any, end: Any) -> int | None:
    """Milliseconds between two times of the same spelling: ISO text, or epoch seconds or milliseconds."""
    seconds = _seconds(start, end)
    return round(seconds * 1_000) if seconds is not None and 0 <= seconds < 2**31 / 1_000 - 1 else None


def _seconds(start: Any, end: Any) -> float | None:
    try:
        if isinstance(start, str) and isinstance(end, str):
            return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
        if isinstance(start, int | float) and isinstance(end, int | float):
            seconds = float(end - start) / (1 if abs(start) < 1e11 else 1_000)
            return None if math.isnan(seconds) else seconds
    except (ValueError, TypeError, OverflowError):
        pass
    return None


def _in_time(asked: Draft, answered: Draft) -> bool:
    """Whether the times, where both can be read, let the answer follow the request."""
    seconds = _seconds(asked.values.get("ts"), answered.values.get("ts"))
    return seconds is None or 0 <= seconds <= LONGEST_WAIT_S


def _account(draft: Draft) -> Any:
    account = draft.values.get("account_id")
    return account if isinstance(account, str | int) else None


def _same_model(asked: Any, answered: Any) -> bool:
    """Whether they may be one: answers name the dated snapshot of the model that was asked for."""
    if not isinstance(asked, str) or not isinstance(answered, str):
        return True
    return answered.startswith(asked) or asked.startswith(answered) or asked.endswith("/" + answered)


def _size(draft: Draft) -> int:
    size = len(draft.root_text or "")
    for value in draft.values.values():
        if isinstance(value, str):
            size += len(value)
        elif isinstance(value, Hashed):
            size += len(value.text)
    return size
