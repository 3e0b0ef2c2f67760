from __future__ import annotations

import io
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from iolaus import tables
from iolaus.errors import InputError
from iolaus.findings import Campaign
from iolaus.report.terminal import explain

from . import cohorts, fixture


def said(folder: Path, campaign: str | None = None, account: str | None = None) -> str:
    out = io.StringIO()
    explain(folder, campaign, account, Console(file=out, width=400, force_terminal=False))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fixture.two_campaigns(tmp_path_factory.mktemp("two"))


def test_summary_lists_campaigns_other_verdicts_and_nearest_misses(folder: Path) -> None:
    text = said(folder)
    assert text.startswith("2 campaigns found; ")
    assert "310 accounts (12 %) could not be assessed. Not assessed is not clear" in text
    for name in ("hydra-7f3a", "grader-19be", "annotators-c2d4", "declared-8aa0", "crowd-0000"):
        assert name in text
    assert "Does the labelling firm" in text
    assert "0.997, almost certain" in text
    assert "unlikely" not in text, "a word beside another verdict would read as an accusation"
    assert text.index("Campaigns\n") < text.index("Undetermined\n") < text.index("Nearest misses\n")


def test_who_is_accused_without_having_been_assessed_is_counted(folder: Path, tmp_path: Path) -> None:
    copied = shutil.copytree(folder, tmp_path / "unread")
    assert "Not assessed is not clear: nothing is said of them." in said(copied)
    rows = pq.read_table(copied / "accounts.parquet").to_pylist()
    for row in [row for row in rows if row["accused"]][:3]:
        row["assessed"] = False
    pq.write_table(pa.Table.from_pylist(rows, schema=tables.RESULT_ACCOUNTS.schema), copied / "accounts.parquet")
    assert "Not assessed is not clear: too little of them was seen. 3 of them are accused all the same" in said(copied)


@pytest.mark.parametrize("campaign", [cohorts.hydra(), cohorts.grader(), *cohorts.others()[:3]], ids=lambda c: c.id)
def test_a_cohort_says_all_it_knows(folder: Path, campaign: Campaign) -> None:
    text = said(folder, campaign.id)
    assert campaign.verdict_sentence in text
    parts = (
        *campaign.questions.values(),
        *campaign.evidence,
        *campaign.honest_explanations,
    )
    for part in parts:
        assert part.sentence in text


def test_what_never_alarmed_names_no_alarm(folder: Path, tmp_path: Path) -> None:
    assert "first alarm 2026-03-09" in said(folder, "annotators-c2d4")
    copied = shutil.copytree(folder, tmp_path / "silent")
    for path in (copied / "cohorts.json", copied / "campaigns.json"):
        path.write_text(path.read_text("utf-8").replace("2026-03-09T00:00:00Z", ""), "utf-8")
    assert "first alarm" not in said(copied, "annotators-c2d4")


def test_phrases_are_data_and_not_markup_or_control(folder: Path) -> None:
    text = said(folder, "grader-19be")
    assert "\x1b" not in text
    assert "<U+001B>[31m against this rubric" in text
    assert "not shown: the whole excerpt is used by fewer than 12" in said(folder, "hydra-7f3a")


def test_an_account_of_a_campaign_says_why(folder: Path) -> None:
    text = said(folder, account="acct-hydra-7f3a-0003")
    assert "campaign_id         hydra-7f3a" in text
    assert cohorts.hydra().verdict_sentence in text


def test_an_account_below_the_setting_is_not_accused(folder: Path) -> None:
    texts = [said(folder, account=f"acct-hydra-7f3a-{n:04d}") for n in range(20)]
    for text in texts:
        accused = "accused             yes" in text
        assert accused != ("It is not accused" in text)
    assert any("It is not accused" in text for text in texts)


def test_an_account_says_what_of_it_is_flagged_and_why_it_is_not_accused(folder: Path, tmp_path: Path) -> None:
    rows = pq.read_table(folder / "accounts.parquet").to_pylist()
    accused = next(row for row in rows if row["accused"] and row["role"])
    said_of = said(folder, account=accused["account_id"])
    assert f" 2 exchanges of its {accused['exchanges']} are flagged" in said_of
    accused["accused"] = False
    copied = shutil.copytree(folder, tmp_path / "cleared")
    pq.write_table(pa.Table.from_pylist(rows, schema=tables.RESULT_ACCOUNTS.schema), copied / "accounts.parquet")
    assert "and a person cleared it" in said(copied, account=accused["account_id"])


def test_a_campaign_says_how_many_of_its_accounts_are_accused(folder: Path) -> None:
    rows = pq.read_table(folder / "accounts.parquet", columns=["campaign_id", "accused"]).to_pylist()
    count = sum(row["accused"] for row in rows if row["campaign_id"] == "hydra-7f3a")
    assert f"{count} accounts of it are accused" in said(folder, "hydra-7f3a")


def test_accounts_without_a_campaign(folder: Path) -> None:
    assert "It belongs to no campaign." in said(folder, account="acct-00000")
    unseen = said(folder, account="acct-02399")
    assert "It was not assessed, which is not clear." in unseen
    assert "belongs to no campaign" not in unseen


def test_unknown_names_are_answered_with_the_closest(folder: Path) -> None:
    with pytest.raises(InputError, match=r"no campaign or cohort 'hydra-7f3'\. Did you mean 'hydra-7f3a'"):
        said(folder, "hydra-7f3")
    with pytest.raises(InputError, match=r"no account 'acct-0239'\. Did you mean 'acct-"):
        said(folder, account="acct-0239")
    with pytest.raises(InputError, match="no account '<U\\+001B>x'"):
        said(folder, account="\x1bx")


def test_no_campaign_and_nothing_assessed(tmp_path: Path) -> None:
    assert "This clears nothing that lies outside these logs" in said(fixture.nothing_found(tmp_path / "a"))
    assert said(fixture.nothing_assessed(tmp_path / "b")).startswith("Nothing could be assessed.")
