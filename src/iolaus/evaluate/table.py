"""The evaluation in the terminal: tables, and the weakest results below them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

from iolaus.evaluate.calibration import Calibration
from iolaus.evaluate.evaluation import Evaluation
from iolaus.evaluate.rates import Rate

Rows = Iterable[Sequence[str]]


def show(found: Evaluation, console: Console) -> None:
    """Print every table of an evaluation."""
    for title, header, rows in tables(found):
        table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
        for place, name in enumerate(header):
            table.add_column(name, justify="right" if place else "left", no_wrap=not place)
        for row in rows:
            table.add_row(*row)
        if table.row_count:
            console.print(table)
            console.print()
    console.print("Weakest results", style="bold")
    for sentence in found.weakest or ["None that the rules of this table name."]:
        console.print(f"  - {sentence}", soft_wrap=True)


def tables(found: Evaluation) -> list[tuple[str, Sequence[str], Rows]]:
    """(title, header, rows) of every table, in the order of reading; shared with the page."""
    return [
        ("Accounts", ("", "value", "95 %", "of"), _accounts(found)),
        ("Recall by campaign, role and true share", ("group", "recall", "95 %", "of", "assessed"), _groups(found)),
        ("Precision if fewer were hostile", ("hostile", "precision", "at least"), _prevalence(found)),
        ("Honest accused", ("crowd", "accounts", "95 % at most", "organisations"), _honest(found)),
        ("Honest organisations accused, by size", ("accounts", "accused"), _sizes(found)),
        (
            "Campaigns",
            ("campaign", "worlds", "found in", "merged in", "pieces", "purity", "largest piece"),
            _campaigns(found),
        ),
        ("Verdicts of tested cohorts", ("verdict", "cohorts", "true campaign's", "in honest worlds"), _verdicts(found)),
        (
            "False campaigns in honest worlds",
            ("worlds", "account-weeks", "false", "per million", "at most", "promised", "cohorts", "score"),
            _false(found),
        ),
        ("Exchanges", ("", "exchanges", "conversations", "95 %"), _exchanges(found)),
        ("Roles of accused accounts", ("true role", "said", "accounts"), _roles(found)),
        ("Distillation share", ("accounts", "n", "mean error", "mean absolute error", "coverage"), _shares(found)),
        ("False campaigns over all daily looks at honest worlds", LOOKS_HEADER, _looks(found)),
        ("Leak before the first alarm", LEAK_HEADER, _leaks(found)),
        ("Leak against false alarms", ("threshold", "leak", "false cohorts", "per million", "at most"), _curve(found)),
        ("Calibration of membership", CALIBRATION_HEADER, _bins(found.membership)),
        ("Calibration of the probability of cohorts", CALIBRATION_HEADER, _bins(found.probability)),
        ("Detectors", _detector_header(found), _detectors(found)),
        (
            "Leave one crowd out: above a threshold learnt without it",
            ("detector", _worst_header(found)),
            _left_out(found),
        ),
    ]


LOOKS_HEADER = ("worlds", "looks", "account-weeks", "false", "per million", "at most")
LEAK_HEADER = ("campaign", "worlds", "alarmed", "hours", "leaked", "share", "floor 1 h", "floor 24 h")
CALIBRATION_HEADER = ("said", "n", "mean said", "true", "95 %")
WORST = 4
"""Crowds named for each detector of the leave-one-crowd-out table."""


def percent(value: float | None, digits: int = 1) -> str:
    """A share as text."""
    return "-" if value is None else f"{value * 100:.{digits}f} %"


def span(part: Rate) -> str:
    """The interval of a rate."""
    digits = 3 if part.high < 0.01 else 1
    return f"{part.low * 100:.{digits}f} to {part.high * 100:.{digits}f} %"


def of(part: Rate) -> str:
    """Counts of a rate."""
    return f"{part.hits:,} of {part.of:,}"


def _accounts(found: Evaluation) -> Rows:
    accounts = found.accounts
    for name, part in (
        ("precision", accounts.precision),
        ("recall", accounts.recall),
        ("honest accused", accounts.false_positives),
    ):
        yield name, percent(part.value, 2), span(part), of(part)


def _groups(found: Evaluation) -> Rows:
    for title, groups in (
        ("", found.accounts.by_campaign),
        ("role ", found.accounts.by_role),
        ("share ", found.accounts.by_share),
    ):
        for group in groups:
            yield (
                title + group.name,
                percent(group.recall.value),
                span(group.recall),
                of(group.recall),
                percent(group.assessed.value),
            )


def _prevalence(found: Evaluation) -> Rows:
    for each in found.accounts.reweighted:
        yield percent(each.prevalence, 2), percent(each.precision, 2), percent(each.low, 2)


def _honest(found: Evaluation) -> Rows:
    for each in found.honest.by_crowd:
        few = each.accounts.of < 1000
        yield each.crowd, of(each.accounts), "few" if few else percent(each.accounts.high, 2), of(each.organisations)
    yield "all", of(found.honest.accounts), percent(found.honest.accounts.high, 3), of(found.honest.organisations)


def _sizes(found: Evaluation) -> Rows:
    for each in found.honest.by_size:
        if each.organisations.of:
            yield each.size, of(each.organisations)


def _campaigns(found: Evaluation) -> Rows:
    for each in found.campaigns.true:
        yield (
            each.campaign, str(each.worlds), str(each.found_in), str(each.merged_in), f"{each.mean_pieces:.2f}",
            percent(each.mean_purity), percent(each.mean_largest_share),
        )  # fmt: skip


def _verdicts(found: Evaluation) -> Rows:
    for each in found.campaigns.verdicts:
        yield each.verdict, str(each.cohorts), str(each.true), str(each.in_honest_worlds)


def _false(found: Evaluation) -> Rows:
    each = found.campaigns.false_campaigns
    if each.worlds:
        million = "-" if each.per_million is None else f"{each.per_million:.1f}"
        weeks = f"{each.active_account_weeks:,}"
        promised = "-" if each.promised is None else f"{each.promised:g}"
        score = "none" if each.score is None else f"{each.score:.2f}"
        counts = (str(each.worlds), weeks, str(each.false_campaigns), million, f"{each.per_million_high:.1f}")
        yield *counts, promised, f"{each.cohorts:,}", score


def _exchanges(found: Evaluation) -> Rows:
    all_ = found.exchanges
    yield (
        "precision",
        percent(all_.precision, 2),
        of(all_.precision_by_conversation),
        span(all_.precision_by_conversation),
    )
    for each in (all_.recall, *all_.by_campaign):
        yield f"recall {each.campaign}", percent(each.exchanges), of(each.conversations), span(each.conversations)
    for name, part in (
        ("honest customers flagged", all_.honest_customers_flagged),
        ("honest accounts flagged", all_.honest_accounts_flagged),
    ):
        yield name, percent(part.value, 3), of(part), span(part)


def _roles(found: Evaluation) -> Rows:
    for each in found.roles:
        yield each.true, each.said, str(each.accounts)


def _shares(found: Evaluation) -> Rows:
    for each in found.shares:
        error = "-" if each.mean_error is None else f"{each.mean_error:+.3f}"
        absolute = "-" if each.mean_absolute_error is None else f"{each.mean_absolute_error:.3f}"
        yield each.name, str(each.accounts), error, absolute, percent(each.coverage.value)


def _looks(found: Evaluation) -> Rows:
    each = found.over_looks
    if each.worlds:
        million = "-" if each.per_million is None else f"{each.per_million:.1f}"
        counts = (str(each.looks), f"{each.account_weeks:,}", str(each.false_campaigns))
        yield str(each.worlds), *counts, million, f"{each.per_million_high:.1f}"


def _leaks(found: Evaluation) -> Rows:
    for each in found.leaks:
        hours = "-" if each.median_hours is None else f"{each.median_hours:.0f}"
        yield (
            each.campaign, str(each.worlds), str(each.alarmed), hours, f"{each.leaked:,} of {each.exchanges:,}",
            percent(each.leaked_share), percent(each.floor_hourly_share), percent(each.floor_daily_share),
        )  # fmt: skip


def _curve(found: Evaluation) -> Rows:
    for each in found.leak_curve:
        million = "-" if each.false_per_million is None else f"{each.false_per_million:,.0f}"
        name = f"{each.threshold:g}" + (" (accuses)" if each.accuses else "")
        high = f"{each.false_per_million_high:,.0f}"
        yield name, percent(each.leaked_share), str(each.false_cohorts), million, high


def _bins(found: Calibration) -> Rows:
    for each in found.bins:
        if each.true.of:
            said = "-" if each.said is None else f"{each.said:.3f}"
            yield f"{each.low:g} to {each.high:g}", str(each.true.of), said, percent(each.true.value), span(each.true)
    if found.statements:
        yield "Brier", str(found.statements), f"{found.brier:.4f}", f"base rate {found.brier_of_base_rate:.4f}", ""


def _detector_header(found: Evaluation) -> Sequence[str]:
    rates = [f"recall at {each.rate * 100:g} %" for each in found.detectors[0].at] if found.detectors else []
    return ("detector", "AUROC", "precision", "recall", "honest flagged", *rates)


def _detectors(found: Evaluation) -> Rows:
    for each in found.detectors:
        auroc = "-" if each.auroc is None else f"{each.auroc:.3f}"
        at = [
            f"{percent(a.recall.value)} ({percent(a.false_positives.value, 2)} flagged)"
            if a.measurable
            else "not measurable"
            for a in each.at
        ]
        own = (each.own_precision, each.own_recall, each.own_false_positives)
        yield each.name, auroc, *(percent(part.value, 2) for part in own), *at


def _worst_header(found: Evaluation) -> str:
    rate = found.leave_one_crowd_out[0].rate if found.leave_one_crowd_out else 0.0
    return f"worst crowds at {rate * 100:g} % of the others"


def _left_out(found: Evaluation) -> Rows:
    for name in dict.fromkeys(each.detector for each in found.leave_one_crowd_out):
        theirs = [each for each in found.leave_one_crowd_out if each.detector == name and each.flagged.hits]
        worst = sorted(theirs, key=lambda each: -(each.flagged.value or 0))[:WORST]
        yield name, "; ".join(f"{each.crowd} {of(each.flagged)}" for each in worst) or "none"
