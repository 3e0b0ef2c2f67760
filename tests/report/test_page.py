"""The page says everything, shows nobody's text, asks nobody for anything, and is the same twice."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest

from iolaus.errors import InputError
from iolaus.findings import SCHEMA_VERSION, Campaigns
from iolaus.report import page
from iolaus.report.likelihood import SCALE
from iolaus.report.page import ACCOUNTS_SHOWN, write_report

from . import cohorts, fixture


class Reader(HTMLParser):
    """Text outside script and style, the scripts, and every tag with its attributes."""

    VOID = frozenset({"meta", "br", "link", "img", "input", "hr"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []
        self.scripts: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1] == tag, f"</{tag}> closes <{self.open[-1]}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if "script" in self.open:
            self.scripts[-1] += data
        elif "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def read(folder: Path) -> Reader:
    write_report(folder, folder / "report.html")
    return Reader((folder / "report.html").read_text("utf-8"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fixture.two_campaigns(tmp_path_factory.mktemp("two"))


@pytest.fixture(scope="module")
def found(folder: Path) -> Reader:
    return read(folder)


def test_the_same_results_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_report(folder, tmp_path / "a.html")
    page._template.cache_clear()
    write_report(folder, tmp_path / "b.html")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_timings_do_not_matter(folder: Path, tmp_path: Path) -> None:
    write_report(folder, tmp_path / "a.html")
    (folder / "timings.json").write_text('{"seconds": 1}')
    write_report(folder, tmp_path / "b.html")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_tags_close_and_ids_are_unique(found: Reader) -> None:
    assert found.open == []
    ids = [attributes["id"] for _, attributes in found.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [a["href"] or "" for tag, a in found.tags if tag == "a"]
    assert {link[1:] for link in links} <= set(ids), "a link leads nowhere"


def test_nothing_is_fetched(found: Reader) -> None:
    for tag, attributes in found.tags:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base", "form", "video", "audio"}
        assert not attributes.get("src")
        assert (attributes.get("href") or "#").startswith("#")
        assert not [name for name in attributes if name.startswith("on")]
    style = (Path(page.__file__).parent / "templates/report.css").read_text("utf-8")
    assert "url(" not in style
    assert "@import" not in style


def test_only_the_scripts_of_the_package_may_run(found: Reader) -> None:
    policy = next(a["content"] or "" for t, a in found.tags if t == "meta" and "http-equiv" in a)
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    data, *scripts = found.scripts
    allowed = set(re.findall(r"'sha256-([^']+)'", policy))
    digests = {base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts}
    assert digests == allowed
    assert len(scripts) == 2
    assert json.loads(data)


def test_every_chart_has_its_data_its_label_and_a_table(found: Reader) -> None:
    drawn = json.loads(found.scripts[0])
    places = [a["data-chart"] for tag, a in found.tags if tag == "figure"]
    assert sorted(drawn) == sorted(str(place) for place in places)
    assert len(places) == 6
    assert all("hidden" in a for tag, a in found.tags if tag == "figure"), "empty boxes without scripts"
    labels = [a.get("aria-label") for _, a in found.tags if a.get("role") == "img"]
    assert all(labels)
    assert len(labels) == len(places)


def test_a_phrase_cannot_leave_its_place(folder: Path, found: Reader) -> None:
    text = (folder / "report.html").read_text("utf-8")
    assert "alert('x')" not in text
    assert "\x1b" not in text
    assert "&lt;/script&gt;&lt;script&gt;alert(&#39;x&#39;)" in text
    assert "<U+001B>[31m" in found.text


def test_names_in_chart_data_cannot_leave_their_place(tmp_path: Path) -> None:
    folder = fixture.nothing_found(tmp_path)
    evil = cohorts.piece("</script><b onclick=x>", "time", "control", 1.0, "A & <B>")
    campaign = cohorts.cohort("<i>id</i>", "campaign", "'quoted' & <b>bold</b>", evidence=[evil])
    content = Campaigns(schema_version=SCHEMA_VERSION, campaigns=[campaign])
    (folder / "campaigns.json").write_bytes(msgspec.json.encode(content))
    got = read(folder)
    assert got.open == []
    assert len(got.scripts) == 3
    assert {"b", "i"}.isdisjoint(tag for tag, _ in got.tags)
    assert "'quoted' & <b>bold</b>" in html.unescape(got.text)
    assert "This question was not asked of the cohort." in got.text


def test_a_campaign_says_all_it_knows(found: Reader) -> None:
    campaign = cohorts.hydra()
    sentences = [
        campaign.verdict_sentence,
        *(answer.sentence for answer in campaign.questions.values()),
        *(piece.sentence for piece in campaign.evidence),
        *(tested.sentence for tested in campaign.honest_explanations),
        *(phrase.text for phrase in campaign.phrases if phrase.text),
    ]
    for sentence in sentences:
        assert sentence in found.text
    for words in ("+6.40", "about 2,500,000 to 1 for", "not counted", "split from hydra-51c0", "0.997"):
        assert words in found.text
    assert "variance ratio 0.19" in found.text
    assert "2026-03-05 0 0" in found.text, "a silent day is in the table of the time line"


def test_a_phrase_that_may_not_be_shown_says_why(found: Reader) -> None:
    assert "not shown: the whole excerpt is used by fewer than 12 legal entities" in found.text


def test_accounts_are_capped_with_a_count(found: Reader) -> None:
    assert found.text.count("acct-hydra-7f3a-") == ACCOUNTS_SHOWN
    assert f"and {120 - ACCOUNTS_SHOWN} more in accounts.parquet" in found.text
    assert found.text.count("acct-grader-19be-") == 31
    assert re.search(r"operated 0\.\d\d \(0\.\d\d–[01]\.\d\d\)", found.text)


def test_other_verdicts_are_no_accusations_and_ask(found: Reader) -> None:
    others = found.text.split("Other verdicts ")[2]
    assert "These cohorts were tested and are not accused." in others
    assert "Ask: Does the labelling firm" in others
    assert "Rate the reply for tone, from 1 to 5" in others
    assert "a matter of contract, not an accusation" in others
    misses = others.split("Nearest misses")[-1]
    assert misses.index("annotators-c2d4") < misses.index("declared-8aa0") < misses.index("crowd-0003")
    assert "concealment unknown; explained by gig annotators" in misses


def test_likelihood_words_come_from_one_scale_and_never_beside_confidence(found: Reader) -> None:
    assert "0.997 almost certain" in found.text
    assert "0.871 very likely" in found.text
    others = found.text.split("Other verdicts ")[2].split("How to read this")[0]
    assert "probability 0.440 by what could be counted" in others
    assert not [name for _, name in SCALE if f" {name} " in others], "a word would read as an accusation"
    assert "confidence" not in found.text.lower()


def test_what_was_scanned_and_what_could_not_be(found: Reader) -> None:
    before, campaigns = found.text.split("almost certain", 1)
    assert "351,204" in before
    assert "310 accounts (12 %) could not be assessed. Not assessed is not clear" in before
    assert "batch 310 0 0 % 21,204 0 %" in before
    assert "212 times without a zone were read as UTC." in before
    assert "ts is no ISO 8601 time 31" in before
    assert "prompt: bad utf-8 122" in before
    assert campaigns


def test_provenance_names_versions_key_changed_settings_and_inputs(found: Reader) -> None:
    end = found.text.split("Provenance")[-1]
    for words in ("5f0e6cb1a9d24c77", "sketch.publish_k 12 10", "logs/api.jsonl.gz", "9d" * 32, "duckdb 1.5.6"):
        assert words in end
    changed = end.split("Settings that differ from the defaults")[1].split("Inputs")[0]
    assert changed.split() == ["Setting", "This", "run", "Default", "sketch.publish_k", "12", "10"]


def test_no_campaign_is_no_clearance(tmp_path: Path) -> None:
    got = read(fixture.nothing_found(tmp_path))
    assert "No campaign was found among what could be assessed." in got.text
    assert "This clears nothing that lies outside these logs" in got.text
    assert not got.scripts, "no chart, so no script"


def test_nothing_assessed_is_said_first(tmp_path: Path) -> None:
    got = read(fixture.nothing_assessed(tmp_path))
    assert "Nothing could be assessed." in got.text
    assert "accuses nobody and clears nobody" in got.text
    assert "No other cohort was tested." in got.text
    assert "These cohorts were tested" not in got.text


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two colours, written ``#rrggbb`` or ``#rgb``."""

    def luminance(colour: str) -> float:
        digits = colour.lstrip("#")
        digits = digits if len(digits) == 6 else "".join(2 * c for c in digits)
        parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_text_meets_wcag_aa() -> None:
    style = (Path(page.__file__).parent / "templates/report.css").read_text("utf-8")
    colours = dict(re.findall(r"--(\w+): (#\w+)", style))
    for text in ("ink", "muted", "accent"):
        for ground in (colours["paper"], colours["faint"], "#fdf8f1"):
            assert contrast(colours[text], ground) >= 4.5, f"{text} on {ground}"


def test_the_vendored_library_is_the_one_that_is_recorded() -> None:
    vendor = Path(page.__file__).parent / "vendor"
    digest = hashlib.sha256((vendor / "echarts.min.js").read_bytes()).hexdigest()
    assert digest in (vendor / "SOURCES.md").read_text("utf-8")
    for licence in ("LICENSE", "NOTICE", "LICENSE-d3", "LICENSE-zrender", "LICENSE-tslib"):
        assert (vendor / licence).stat().st_size > 100


def test_an_out_that_cannot_be_written_is_one_clear_line(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises((InputError, OSError), match="file"):
        write_report(folder, tmp_path / "file" / "report.html")
