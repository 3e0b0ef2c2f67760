"""Builds src/iolaus/data/fold.npz: what each code point becomes before words are read.

    python -m pip install confusable_homoglyphs==3.3.1
    python training/build_fold.py

Compatibility decomposition and case folding come from Python's Unicode database, look-alikes from
``confusable_homoglyphs`` (MIT; the table itself is Unicode's confusables.txt, UTS 39).

Look-alikes fold letter by letter, whatever stands around them: a Latin word with a Cyrillic letter in it becomes
the clean word, and Russian or Greek text becomes the same odd spelling every time. That is safe as long as no
two letters of one living alphabet meet in one Latin letter, which ``prototypes`` sees to.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from pathlib import Path

import numpy as np
from confusable_homoglyphs import confusables

from iolaus.sketch.fold import BREAK, CLASS_SHIFT, DIGIT, DROP, EXPAND, JOIN, LETTER, SIZE, UNSPACED

TARGET = Path(__file__).parent.parent / "src" / "iolaus" / "data" / "fold.npz"
ALPHABETS = (
    "абвгґдеєжзиіклмнопрстуфхцчшщъыьэюяјљњћџђѕ",
    "αβγδεζηθικλμνξοπρστυφχψω",
)
FOLDED_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "MODIFIER")
OPTIONAL_MARKS = (
    (0x0300, 0x036F), (0x0483, 0x0489), (0x0591, 0x05BD), (0x05BF, 0x05BF), (0x05C1, 0x05C2), (0x05C4, 0x05C7),
    (0x0610, 0x061A), (0x0640, 0x0640), (0x064B, 0x065F), (0x0670, 0x0670), (0x06D6, 0x06ED), (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F),
)  # fmt: skip
INVISIBLE = (
    (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x3164, 0x3164), (0xFE00, 0xFE0F),
    (0xFFA0, 0xFFA0), (0xE0000, 0xE0FFF),
)  # fmt: skip
UNSPACED_BLOCKS = (
    (0x0E00, 0x0FFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x1950, 0x19DF), (0x1A20, 0x1AAF), (0x1B00, 0x1B7F),
    (0x2E80, 0x2FDF), (0x3005, 0x3007), (0x3021, 0x3035), (0x3040, 0x30FF), (0x3100, 0x312F), (0x31A0, 0x31BF),
    (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xA000, 0xA4CF), (0xA980, 0xA9FF), (0xAA60, 0xAADF),
    (0xF900, 0xFAFF), (0x16FE0, 0x18DFF), (0x1AFF0, 0x1B2FF), (0x20000, 0x3FFFF),
)  # fmt: skip
STROKED = re.compile(r"LATIN (?:SMALL|CAPITAL) LETTER ([A-Z]) WITH ")
SQUARED = re.compile(r"(?:NEGATIVE )?(?:SQUARED|CIRCLED) LATIN CAPITAL LETTER ([A-Z])$")
SMALL_CAPITAL = re.compile(r"LATIN LETTER SMALL CAPITAL ([A-Z])$")


def within(point: int, blocks: tuple[tuple[int, int], ...]) -> bool:
    """Whether a code point lies in one of the blocks."""
    return any(first <= point <= last for first, last in blocks)


def look_alikes(letter: str) -> list[str]:
    """The ASCII letters, in lower case, that ``letter`` is listed with; the same case comes first."""
    listed = [entry["c"] for entry in confusables.confusables_data.get(letter, [])]
    ascii_letters = [other for other in listed if len(other) == 1 and other.isascii() and other.isalpha()]
    ascii_letters.sort(key=lambda other: (other.isupper() != letter.isupper(), other))
    return [other.lower() for other in ascii_letters]


def prototypes() -> dict[str, str]:
    """Case-folded letter to its Latin letter, one to one within each living alphabet."""
    table: dict[str, str] = {}
    living = set("".join(ALPHABETS))
    for alphabet in ALPHABETS:
        ranked = []
        for letter in alphabet:
            # Small letters convince most, then large ones, last a small letter for a large one.
            ranked += [(0, order, letter, twin) for order, twin in enumerate(look_alikes(letter))]
            for order, twin in enumerate(look_alikes(letter.upper())):
                mixed = not any(
                    entry["c"] == twin.upper() for entry in confusables.confusables_data.get(letter.upper(), [])
                )
                ranked.append((2 if mixed else 1, order, letter, twin))
        taken: set[str] = set()
        for _, _, letter, twin in sorted(ranked, key=lambda row: (row[0], alphabet.index(row[2]), row[1])):
            if letter not in table and twin not in taken:
                table[letter] = twin
                taken.add(twin)
    for letter in confusables.confusables_data:
        if len(letter) != 1 or letter.isascii() or not unicodedata.name(letter, "").startswith(FOLDED_SCRIPTS):
            continue
        folded = letter.casefold()
        if len(folded) == 1 and folded not in living and folded not in table and not folded.isascii():
            twins = look_alikes(folded) or look_alikes(letter)
            if twins:
                table[folded] = twins[0]
    return table


def spelled(letter: str) -> str:
    """Letters that carry their Latin letter in their name: stroked, squared, small capitals."""
    name = unicodedata.name(letter, "")
    for pattern in (STROKED, SQUARED, SMALL_CAPITAL):
        found = pattern.match(name)
        if found:
            return found.group(1).lower()
    return letter


def decomposed(character: str) -> str:
    """Compatibility decomposition and case folding, until nothing changes."""
    while True:
        after = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
        if after == character:
            return after
        character = after


def encoded(character: str, table: dict[str, str]) -> int:
    """One folded character with its class."""
    if not character.isascii():
        character = spelled(character)
        character = table.get(character, character)
    point = ord(character)
    category = unicodedata.category(character)
    if category == "Cf" or within(point, INVISIBLE) or within(point, OPTIONAL_MARKS):
        return DROP << CLASS_SHIFT
    if character in ",.":
        return JOIN << CLASS_SHIFT
    if category == "Nd":
        return DIGIT << CLASS_SHIFT | ord("0")
    if category[0] in "LM" or category in ("Nl", "No"):
        kind = UNSPACED if within(point, UNSPACED_BLOCKS) else LETTER
        return kind << CLASS_SHIFT | point
    return BREAK << CLASS_SHIFT


def build() -> tuple[np.ndarray, np.ndarray]:
    """The table by code point and the expansions it points into (a length, then so many encoded characters)."""
    table = prototypes()
    fold = np.zeros(SIZE, dtype=np.uint32)
    expansions: list[int] = []
    known: dict[tuple[int, ...], int] = {}
    for point in range(SIZE):
        if 0xD800 <= point <= 0xDFFF:
            continue
        whole = chr(point)
        if within(point, INVISIBLE):
            fold[point] = DROP << CLASS_SHIFT
            continue
        items = [encoded(character, table) for character in decomposed(spelled(whole))]
        kept = tuple(item for item in items if item >> CLASS_SHIFT != DROP) or (DROP << CLASS_SHIFT,)
        if len(kept) == 1:
            fold[point] = kept[0]
            continue
        if kept not in known:
            known[kept] = len(expansions)
            expansions += [len(kept), *kept]
        fold[point] = EXPAND << CLASS_SHIFT | known[kept]
    return fold, np.array(expansions, dtype=np.uint32)


def main() -> None:
    """Writes the table and shows the look-alikes."""
    fold, expansions = build()
    np.savez_compressed(TARGET, fold=fold, expansions=expansions)
    sys.stdout.write(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes, {len(expansions):,} expansion items\n")
    sys.stdout.write("".join(f"{letter}>{twin} " for letter, twin in sorted(prototypes().items()) if letter < "Ԁ"))


if __name__ == "__main__":
    main()
