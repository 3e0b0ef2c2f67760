"""The shape of campaigns.json and cohorts.json: what a scan says, and why.

Part of the contract, like ``tables``. ``iolaus scan`` writes it, ``report`` and ``explain`` read it,
and the JSON Schema under ``docs/campaigns.schema.json`` is generated from it.
"""

from __future__ import annotations

from typing import Literal

import msgspec

SCHEMA_VERSION = 1

Question = Literal["control", "concealment", "content", "consumption"]
QUESTIONS: tuple[Question, ...] = ("control", "concealment", "content", "consumption")

Family = Literal["wording", "allocation", "time", "network", "identity", "lifecycle", "content", "consumption"]

Verdict = Literal["campaign", "declared_harvest", "concealed_pool", "explained", "undetermined"]


class Evidence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One signed, weighed observation.

    ``log10_bf`` is a capped log10 Bayes factor: positive speaks for the question, negative against it,
    0 where the data are too thin. ``counted`` is false where a stronger piece of its family stands.
    """

    kind: str
    family: Family
    question: Question
    log10_bf: float
    numbers: dict[str, float]
    sentence: str
    counted: bool = True


class Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answer to one of the four questions."""

    answer: Literal["yes", "no", "unknown"]
    log10_bf: float
    sentence: str


class Explanation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One honest explanation that was weighed: positive ``log10_bf`` speaks for it."""

    name: str
    log10_bf: float
    held: bool
    sentence: str


class Level(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How strong a campaign had to be, as log10 of e-values: numbers whose mean over honest cohorts is at most 1.

    ``score``: the log10 Bayes factor that accuses it, of which ``reached`` is made. ``needed``: what this look asked of
    each cohort; null where an earlier look reported the campaign.
    """

    score: float
    reached: float
    needed: float | None


class Phrase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words that the accounts share. ``text`` is empty unless the whole excerpt may be shown."""

    id: str
    text: str
    accounts: int
    exchanges: int


class Day(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Exchanges of the cohort on one UTC day, for the time line."""

    date: str
    exchanges: int
    accounts: int


class LineageEvent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the id comes from: ``split_from`` or ``merged_with`` another id, at a time."""

    event: Literal["split_from", "merged_with"]
    id: str
    at: str


class Campaign(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One tested cohort. In campaigns.json the verdict is always ``campaign``."""

    id: str
    verdict: Verdict
    verdict_sentence: str
    question_to_ask: str
    lineage: list[LineageEvent]
    first_seen: str
    last_seen: str
    first_alarm_at: str
    accounts: int
    exchanges: int
    probability: float
    questions: dict[Question, Answer]
    evidence: list[Evidence]
    honest_explanations: list[Explanation]
    phrases: list[Phrase]
    timeline: list[Day]
    level: Level | None = None
    """Of what would be accused by all other rules; null elsewhere."""


class Campaigns(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of campaigns.json or cohorts.json."""

    schema_version: int
    campaigns: list[Campaign]


class Cohorts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of cohorts.json: every tested cohort with its verdict."""

    schema_version: int
    cohorts: list[Campaign]


class ErrorControl(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What keeps false campaigns rare. Amounts are active account-weeks.

    ``promised``: false campaigns per million of them. ``account_weeks``: all that was looked at; ``new``: what no
    earlier look saw; ``spent``: whose budget this look spent; ``left``: whose budget later ones may spend.
    ``cohorts``: tested. ``needed``: log10 of the e-value that each had to reach; ``highest``: of the one that none can
    exceed.
    """

    promised: float
    account_weeks: int
    new: int
    spent: float
    left: float
    cohorts: int
    needed: float
    highest: float


class RunRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """run.json: what was scanned with what. No clock, no absolute path, no thread count.

    ``baseline``: sha256, first and last day of the provider's own mix, where one was set. ``state``: first and last
    kept day, and how many exchanges are kept, were added, were known (again) and are too old. Counts are then of all
    that is kept; inputs, rejects and defects are those of the new logs.
    """

    schema_version: int
    versions: dict[str, str]
    sketch_key_id: str
    settings: dict[str, object]
    inputs: list[dict[str, str]]
    exchanges: int
    accounts: int
    conversations: int
    rejects: dict[str, int]
    defects: dict[str, int]
    assessable: dict[str, dict[str, dict[str, float]]]
    """By 'pathway' and 'programme': value -> {accounts, assessed, exchanges, with_text, sketched}."""
    warnings: list[str]
    baseline: dict[str, str] | None = None
    state: dict[str, int | str] | None = None
    error_control: ErrorControl | None = None
