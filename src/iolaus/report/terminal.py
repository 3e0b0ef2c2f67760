"""`iolaus explain`: what the page says, on a terminal.

Text of the results is never markup here, and what could steer a terminal is spelt out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from iolaus.errors import InputError
from iolaus.findings import QUESTIONS, Campaign
from iolaus.report import results, summary
from iolaus.report.charts import in_order
from iolaus.report.plain import count, moment, number, percent, plural, probability, signed, visible
from iolaus.tables import closest

MOST_COMPARED = 10_000
"""Accounts that an unknown one is compared with at most."""

COHORTS_SHOWN = 10
"""Cohorts of another verdict in the summary."""


def explain(folder: Path, campaign: str | None, account: str | None, console: Console) -> None:
    """Print the summary of a results folder, or one campaign or cohort, or one account.

    Raises InputError where a result file is missing or foreign, or the name is unknown; the closest
    known names follow.
    """
    found = results.load(folder)
    if account is not None:
        _account(found, account, campaign, console)
    elif campaign is not None:
        _cohort(found, _named(found, campaign), console)
    else:
        _summary(found, console)


def _named(found: results.Results, name: str) -> Campaign:
    known = {cohort.id: cohort for cohort in (*found.campaigns, *found.others)}
    if name in known:
        return known[name]
    hint = closest(name, known) or " 'iolaus explain' lists them."
    raise InputError(f"{found.folder}: no campaign or cohort '{visible(name)}'.{visible(hint)} Name one of them.")


def _summary(found: results.Results, console: Console) -> None:
    totals = found.account_totals()
    first, second = summary.headline(found, totals)
    console.print(Text(first, style="bold"))
    console.print(Text(second))
    assessed = f"{count(totals.assessed)} assessed ({percent(totals.assessed, totals.accounts)})"
    console.print(
        Text(
            f"{plural(found.run.exchanges, 'exchange')}, {plural(found.run.conversations, 'conversation')}, "
            f"{plural(totals.accounts, 'account')}, {assessed}; "
            f"{plural(sum(found.run.rejects.values()), 'row')} rejected."
        )
    )
    if promised := summary.promise(found.run):
        console.print(Text(promised))
    for warning in found.run.warnings:
        console.print(Text(f"Warning: {visible(warning)}"))
    _listing("Campaigns", found.campaigns, console)
    for verdict, (title, _) in summary.VERDICTS.items():
        cohorts = [cohort for cohort in found.others if cohort.verdict == verdict]
        _listing(title, sorted(cohorts, key=lambda c: (-c.probability, c.id)), console)
    misses = _table("Cohort", "Verdict", "Probability", "Why it is not accused")
    for cohort in summary.nearest_misses(found):
        _row(
            misses,
            cohort.id,
            summary.VERDICTS[cohort.verdict][0],
            _chance(cohort),
            summary.why_not(cohort),
        )
    _section("Nearest misses", misses, console)
    console.print(Text("\n'iolaus explain ID' says why; '--account ID' shows one account."))


def _listing(title: str, cohorts: Sequence[Campaign], console: Console) -> None:
    table = _table("Id", "Probability", "Accounts", "Exchanges", "Verdict")
    for cohort in cohorts[:COHORTS_SHOWN]:
        amounts = count(cohort.accounts), count(cohort.exchanges)
        said = " ".join(part for part in (cohort.verdict_sentence, cohort.question_to_ask) if part)
        _row(table, cohort.id, _chance(cohort), *amounts, said)
    _section(title, table, console)
    if len(cohorts) > COHORTS_SHOWN:
        console.print(Text(f"and {count(len(cohorts) - COHORTS_SHOWN)} more in cohorts.json"))


def _cohort(found: results.Results, cohort: Campaign, console: Console) -> None:
    title, meaning = summary.VERDICTS[cohort.verdict]
    console.print(Text(f"{title} {visible(cohort.id)}", style="bold"))
    console.print(Text(visible(cohort.verdict_sentence)))
    console.print(Text(meaning))
    alarm = f"; first alarm {moment(cohort.first_alarm_at)}" if cohort.first_alarm_at else ""
    console.print(
        Text(
            f"Probability {_chance(cohort)}. {plural(cohort.accounts, 'account')}, "
            f"{plural(cohort.exchanges, 'exchange')}, {moment(cohort.first_seen)} to {moment(cohort.last_seen)}{alarm}."
        )
    )
    if cohort.verdict == "campaign":
        console.print(Text(f"{plural(found.accused_of(cohort.id), 'account')} of it are accused (accounts.parquet)."))
    if level := summary.reached(cohort):
        console.print(Text(level))
    for event in cohort.lineage:
        console.print(Text(f"Lineage: {event.event.replace('_', ' ')} {visible(event.id)}, {moment(event.at)}."))
    if cohort.question_to_ask:
        console.print(Text(f"Ask: {visible(cohort.question_to_ask)}", style="bold"))
    _section("Four questions", _questions(cohort), console)
    _section("Evidence", _evidence(cohort), console)
    _section("Honest explanations tested", _explanations(cohort), console)
    _section("Phrases they share", _phrases(found, cohort), console)


def _questions(cohort: Campaign) -> Table:
    table = _table("Question", "Answer", "log10 BF", "Sentence")
    for name in QUESTIONS:
        if answer := cohort.questions.get(name):
            _row(table, name, answer.answer, signed(answer.log10_bf), answer.sentence)
    return table


def _evidence(cohort: Campaign) -> Table:
    table = _table("Question", "Family, kind", "log10 BF", "What was seen")
    for piece in in_order(cohort.evidence):
        numbers = ", ".join(f"{key.replace('_', ' ')} {number(n)}" for key, n in sorted(piece.numbers.items()))
        seen = f"{piece.sentence} ({numbers})" if numbers else piece.sentence
        weight = signed(piece.log10_bf) + ("" if piece.counted else " not counted")
        style = "" if piece.counted else "dim"
        _row(
            table,
            piece.question,
            f"{piece.family}, {piece.kind.replace('_', ' ')}",
            weight,
            seen,
            style=style,
        )
    return table


def _explanations(cohort: Campaign) -> Table:
    table = _table("Explanation", "Result", "log10 BF for it", "Why")
    for tested in cohort.honest_explanations:
        result = "held" if tested.held else "failed"
        _row(table, tested.name, result, signed(tested.log10_bf), tested.sentence)
    return table


def _phrases(found: results.Results, cohort: Campaign) -> Table:
    table = _table("Phrase", "Accounts", "Exchanges")
    for phrase in cohort.phrases:
        text = f"“{phrase.text}”" if phrase.text else summary.hidden_phrase(found.run)
        _row(table, text, count(phrase.accounts), count(phrase.exchanges))
    return table


def _account(found: results.Results, name: str, campaign: str | None, console: Console) -> None:
    row = found.account(name)
    if row is None:
        hint = closest(name, found.near_accounts(name, MOST_COMPARED)) or " Ids stand in its column account_id."
        place = found.folder / "accounts.parquet"
        raise InputError(f"{place}: no account '{visible(name)}'.{visible(hint)} Name one of them.")
    console.print(Text(f"Account {visible(name)}", style="bold"))
    table = _table("Column", "Value")
    for column, value in row.items():
        _row(table, column, _cell(value))
    console.print(table)
    owner = campaign or row["campaign_id"]
    if owner is None:
        state = "It belongs to no campaign." if row["assessed"] else "It was not assessed, which is not clear."
        console.print(Text(state))
        for cohort in (_named(found, cohort) for cohort in found.cohorts_of(name)):
            title = summary.VERDICTS[cohort.verdict][0]
            said = f"It stands in cohort {visible(cohort.id)} ({title.lower()}). {cohort.question_to_ask}"
            console.print(Text(said.rstrip()))
        return
    cohort = _named(found, str(owner))
    console.print(Text(_why(found, row, cohort)))
    console.print()
    _cohort(found, cohort, console)


def _why(found: results.Results, row: Mapping[str, object], cohort: Campaign) -> str:
    """What makes an account accused or not, in a sentence or two."""
    least, name = summary.accused_from(found.run), visible(cohort.id)
    membership = row["membership"]
    assert isinstance(membership, float)
    said = f"its membership of {name} is {membership:.3f}"
    if row["accused"]:
        flagged = plural(found.flagged_of(str(row["account_id"])), "exchange")
        taken = f" {flagged} of its {row['exchanges']} are flagged (exchanges.parquet)." if row["role"] else ""
        return f"It is accused: {said}, of {least:g} at least.{taken}"
    if membership < least:
        return f"It is not accused: {said}, of {least:g} that are needed."
    return f"It is not accused: {said}, and a person cleared it."


def _cell(value: object) -> str:
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _chance(cohort: Campaign) -> str:
    return ", ".join(filter(None, (probability(cohort.probability), summary.likelihood(cohort))))


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in headings:
        right = heading in ("Accounts", "Exchanges") or heading.startswith("log10")
        table.add_column(Text(heading, style="bold"), justify="right" if right else "left", overflow="fold")
    return table


def _row(table: Table, *cells: str, style: str = "") -> None:
    table.add_row(*(Text(visible(cell), style=style) for cell in cells))


def _section(title: str, table: Table, console: Console) -> None:
    if table.row_count:
        console.print(Text(f"\n{title}", style="bold"))
        console.print(Padding(table, (0, 0, 0, 2)))
