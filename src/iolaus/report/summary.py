"""What a scan says, in the order in which a person should read it; shared by the page and the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from iolaus.campaign.settings import VerdictSettings
from iolaus.findings import Campaign, Question, RunRecord, Verdict
from iolaus.report.likelihood import word
from iolaus.report.plain import count, percent, plural
from iolaus.report.results import AccountTotals, Results
from iolaus.settings import Settings, describe

NEAREST = 5
"""How many nearest misses are shown."""

ASKS: dict[Question, str] = {
    "control": "Are these accounts run by one hand?",
    "concealment": "Does that hand hide?",
    "content": "Is the traffic worth training on?",
    "consumption": "How much was taken, how fast, and does it follow releases?",
}

VERDICTS: dict[Verdict, tuple[str, str]] = {
    "campaign": ("Campaign", "Control, concealment and content: an accusation, to be read and answered."),
    "undetermined": (
        "Undetermined",
        "An honest explanation fits as well, or too little could be seen. A person should ask.",
    ),
    "declared_harvest": (
        "Declared harvest",
        "Control and content, but declared and verified: a matter of contract, not an accusation.",
    ),
    "concealed_pool": (
        "Concealed pool",
        "Control and concealment without traffic worth training on: watched, not accused.",
    ),
    "explained": ("Explained", "An honest explanation holds, or the questions were answered with no."),
}


def headline(results: Results, totals: AccountTotals) -> list[str]:
    """The first sentences: what was found, then what nothing is said about."""
    gap = totals.accounts - totals.assessed
    if totals.accounts and not totals.assessed:
        return [
            "Nothing could be assessed.",
            f"Too little could be seen of any of {plural(totals.accounts, 'account')}. "
            "This report accuses nobody and clears nobody.",
        ]
    if results.campaigns:
        accused = plural(totals.accused, "account")
        first = f"{plural(len(results.campaigns), 'campaign')} found; {accused} accused."
    else:
        first = "No campaign was found among what could be assessed."
    if gap:
        share = percent(gap, totals.accounts)
        second = (
            f"{plural(gap, 'account')} ({share}) could not be assessed. "
            f"Not assessed is not clear: {_said_of_unseen(totals.unread)}"
        )
    else:
        second = "Every account could be assessed."
    if not results.campaigns:
        second += (
            " This clears nothing that lies outside these logs, "
            "is smaller than the smallest cohort of the settings, or was not seen."
        )
    return [first, second]


def _said_of_unseen(accused: int) -> str:
    if accused:
        are = "of them is" if accused == 1 else "of them are"
        return (
            f"too little of them was seen. {count(accused)} {are} accused all the same, "
            "for whom they share cards and addresses with, or for the little that was seen."
        )
    return "nothing is said of them."


def likelihood(cohort: Campaign) -> str:
    """The word for an accusation's probability; empty for any other verdict.

    Where a question is open or an honest explanation holds, the number weighs only what was counted,
    and a word beside it would read as the verdict that was not given.
    """
    return word(cohort.probability) if cohort.verdict == "campaign" else ""


def nearest_misses(results: Results) -> list[Campaign]:
    """Cohorts that are not accused, the most probable first."""
    return sorted(results.others, key=lambda c: (-c.probability, c.id))[:NEAREST]


def why_not(cohort: Campaign) -> str:
    """Which questions were not answered yes, and which honest explanations held."""
    short = [
        f"{name} {'unknown' if answer.answer == 'unknown' else 'answered no'}"
        for name, answer in cohort.questions.items()
        if answer.answer != "yes" and name != "consumption"
    ]
    held = [explanation.name for explanation in cohort.honest_explanations if explanation.held]
    level = cohort.level
    below = ["level not reached"] if level and level.needed is not None and level.reached < level.needed else []
    parts = [*short, *(f"explained by {name}" for name in held), *below]
    return "; ".join(parts) or "probability or families of evidence too few"


def promise(run: RunRecord) -> str:
    """How rare false campaigns are kept, and what this look asked of each cohort; empty where the run does not say."""
    control = run.error_control
    if control is None:
        return ""
    seen = f"{count(control.account_weeks)} active account-weeks"
    if control.new != control.account_weeks:
        seen += f", {count(control.new)} of them new"
    return (
        f"At most {control.promised:g} false campaigns per million active account-weeks are promised, over all looks."
        f" This look saw {seen}, tested {plural(control.cohorts, 'cohort')}, and asked of each a level of"
        f" {control.needed:.2f} (log10 of an e-value)."
    )


def reached(cohort: Campaign) -> str:
    """The level that a campaign reached and needed; empty where it is held to none."""
    if (level := cohort.level) is None:
        return ""
    wanted = "reported before, so none is needed" if level.needed is None else f"{level.needed:.2f} is needed"
    return f"Level {level.reached:.2f}; {wanted}."


def publish_k(run: RunRecord) -> int | None:
    """The setting sketch.publish_k of the run, or None where the run does not record it."""
    value = _recorded(run, "sketch.publish_k")
    return value if isinstance(value, int) else None


def hidden_phrase(run: RunRecord) -> str:
    """What stands in the place of a phrase whose text may not be shown."""
    k = publish_k(run)
    few = f"fewer than {k}" if k else "too few"
    sketched = any(group.get("sketched", 0) for groups in run.assessable.values() for group in groups.values())
    used = f"stands in the texts that came of {few}" if sketched else f"is used by {few}"
    return f"not shown: the whole excerpt {used} legal entities (accounts, where none is known)"


def accused_from(run: RunRecord) -> float:
    """Membership from which the scan accused an account."""
    value = _recorded(run, "verdict.accuse_membership")
    return value if isinstance(value, float) else VerdictSettings().accuse_membership


def _recorded(run: RunRecord, name: str) -> object:
    """A setting of the run by its dotted name, None where the run does not record it."""
    return dict(flat(run.settings)).get(name)


def changed_settings(run: RunRecord) -> list[tuple[str, Any, Any]]:
    """(dotted name, value of the run, default) of each recorded setting that differs from its default."""
    defaults = {name: value for name, value, _ in describe(Settings.model_construct())}
    return [
        (name, value, defaults.get(name, "no such setting in this version"))
        for name, value in flat(run.settings)
        if name not in defaults or _plain(defaults[name]) != _plain(value)
    ]


def flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted names and values of a tree of settings."""
    for name, value in sorted(tree.items()):
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)
