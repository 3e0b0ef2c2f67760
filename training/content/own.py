"""Own training texts: templates with choices, filled with public prompts as items. They train; they prove nothing.

Files under ``own``: ``@family NAME labels=A,B|none [capability=C] lang=L`` and then one template a line, with
``{a|b}`` for a choice, ``{name}`` for an item of a list, ``\\n`` for a line break, ``<<`` and ``>>`` for braces.
``@list NAME``: its items; ``{item}`` is one of ``task_LANG`` where there is such a list, else a public prompt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from training.content.public import Prompt

FOLDER = Path(__file__).parent / "own"
SLOT = re.compile(r"\{([^{}]*)\}")
ITEMS = {
    "en": ("gsm8k_test", "math500", "mbpp", "hh_harmless_test", "mt_bench", "tau_bench", "biggen", "toolbench",
           "apibench", "autoj_pairwise", "act_as"),
    "zh": ("oasst_zh",),
}  # fmt: skip
LONGEST_ITEM = 600
BRACES = str.maketrans({"\ue000": "{", "\ue001": "}"})
"""What stands for braces while slots are filled."""

COMBINED, HALF = 600, 0.5
BARE = 0.15
THINNED, DROPPED = 0.3, 0.15
"""Share of texts that lose words, and the share of their template's words that they lose: nobody else words it so."""


@dataclass(frozen=True)
class Family:
    """Templates of one kind, written together and held out together."""

    name: str
    labels: tuple[str, ...]
    capability: str | None
    language: str
    templates: tuple[str, ...]


@dataclass(frozen=True)
class Text:
    """One text with what it asks for. ``capability`` None: not known or mixed.

    ``template``: number of the own template, -1 of public prompts."""

    text: str
    group: str
    labels: tuple[str, ...]
    capability: str | None
    language: str = "en"
    template: int = -1


def families() -> list[Family]:
    """Every family, by name of file and place in it."""
    return [family for path in sorted(FOLDER.glob("*.txt")) for family in _families(path)]


def _families(path: Path) -> Iterator[Family]:
    for block in re.split(r"^@", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        head, *lines = [line for line in block.splitlines() if line.strip() and not line.startswith("#")]
        kind, name, *rest = head.split()
        if kind != "family":
            continue
        told = dict(part.split("=") for part in rest)
        labels = () if told["labels"] == "none" else tuple(told["labels"].split(","))
        yield Family(
            f"{path.stem}.{name}",
            labels,
            told.get("capability"),
            told["lang"],
            tuple(_plain(line) for line in lines),
        )


def _plain(line: str) -> str:
    return line.replace("\\n", "\n").replace("<<", "\ue000").replace(">>", "\ue001")


def lists() -> dict[str, list[str]]:
    """Every list of passages."""
    found: dict[str, list[str]] = {}
    for path in sorted(FOLDER.glob("*.txt")):
        for block in re.split(r"^@", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
            head, *lines = [line for line in block.splitlines() if line.strip() and not line.startswith("#")]
            if head.startswith("list "):
                found[head.removeprefix("list ")] = [_plain(line).translate(BRACES) for line in lines]
    return found


def fillings(prompts: Sequence[Prompt], without: frozenset[str]) -> dict[str, list[str]]:
    """Items by slot; nothing of a source in ``without`` stands among them."""
    kept = [p for p in prompts if p.source not in without and len(p.text) <= LONGEST_ITEM]
    found = lists()
    for language, sources in ITEMS.items():
        found[f"item_{language}"] = [p.text for p in kept if p.source in sources] or found["short"]
    for name in [name for name in found if name.startswith("task_")]:
        found.setdefault(f"item_{name.removeprefix('task_')}", found[name])
    pairs = [p.text for p in prompts if p.source == "pandalm" and p.source not in without and len(p.text) < 1200]
    found["sensitive"] = found["sensitive"] + [p.text for p in kept if p.source == "hh_harmless_test"][:300]
    found["pair"] = [re.sub(r"Response 1:", "Response A:", re.sub(r"Response 2:", "Response B:", t)) for t in pairs]
    answers = [part for t in pairs for part in re.split(r"Response \d:", t)[1:]]
    found["answer"] = found["answer"] * 10 + [a.strip() for a in answers[:400] if a.strip()]
    if not found["pair"]:
        found["pair"] = [f"{s}\nResponse A: {a}\nResponse B: {b}" for s in found["short"] for a, b in
                         zip(found["answer"][:6], found["answer"][1:7], strict=True)]  # fmt: skip
    return found


def thinned(text: str, rng: np.random.Generator) -> str:
    """``text`` without some of its words."""
    return "".join(part for part in re.split(r"(?<= )", text) if rng.random() >= DROPPED)


def expand(template: str, language: str, items: Mapping[str, list[str]], rng: np.random.Generator) -> str:
    """One text of a template."""
    if language != "zh" and rng.random() < THINNED:
        parts = re.split(r"(\{[^{}]*\})", template)
        template = "".join(part if part[:1] == "{" else thinned(part, rng) for part in parts)

    def fill(match: re.Match[str]) -> str:
        inner = match[1]
        if "|" in inner:
            choices = inner.split("|")
            return choices[rng.integers(len(choices))]
        if inner == "n":
            return str(rng.integers(2, 60))
        name = (f"item_{language}" if f"item_{language}" in items else "item_en") if inner == "item" else inner
        return items[name][rng.integers(len(items[name]))]

    return SLOT.sub(fill, template).translate(BRACES)


def own_texts(prompts: Sequence[Prompt], each: int, seed: int, without: frozenset[str] = frozenset()) -> list[Text]:
    """``each`` texts of every template, and what is made of them."""
    items = fillings(prompts, without)
    rng = np.random.default_rng(seed)
    found: list[Text] = []
    template = 0
    for family in families():
        for frame in family.templates:
            found += [
                Text(expand(frame, family.language, items, rng), family.name, family.labels, family.capability,
                     family.language, template)
                for _ in range(each)
            ]  # fmt: skip
            template += 1
    return found + combined(found, rng) + bare(found, items, template, rng)


def bare(texts: Sequence[Text], items: Mapping[str, list[str]], template: int, rng: np.random.Generator) -> list[Text]:
    """Items with nothing around them, honest, in each language a share of how many hostile texts it has: what is asked
    must not tell an intent by itself. ``template``: the first number that is free; a language counts as one."""
    made = []
    for place, language in enumerate(sorted({text.language for text in texts})):
        lists = [name for name in (f"item_{language}", f"task_{language}") if name in items] or ["item_en"]
        if language == "en":
            lists += ["task", "code_task", "proof_task", "medical_case", "legal_case", "computer_task"]
        for _ in range(int(BARE * sum(text.language == language and bool(text.labels) for text in texts))):
            count = 1 + int(rng.integers(2))
            drawn = [items[name][rng.integers(len(items[name]))] for name in rng.choice(lists, count)]
            made.append(Text("\n".join(drawn), f"bare.{language}", (), None, language, template + place))
    return made


def combined(texts: Sequence[Text], rng: np.random.Generator) -> list[Text]:
    """Texts of another intent, each with one that talks to the classifier before or after it: both at once."""
    talking = [t for t in texts if t.labels == ("classifier_directed",)]
    others = [t for t in texts if t.labels and t.labels != ("classifier_directed",)]
    made = []
    for _ in range(COMBINED):
        one, other = talking[rng.integers(len(talking))], others[rng.integers(len(others))]
        parts = (one.text, other.text) if rng.random() < HALF else (other.text, one.text)
        made.append(
            Text("\n".join(parts), other.group, other.labels + one.labels, None, other.language, other.template)
        )
    return made
