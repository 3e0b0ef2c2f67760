import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iolaus.key import Key
from iolaus.sketch.settings import SketchSettings
from iolaus.sketch.shingle import TABLE, Sketch, sketch, topic_weights, word_frequencies
from iolaus.sketch.topic import DIMENSIONS, NAMES, RARE

KEY = Key(bytes(range(32)))
EVERYTHING = SketchSettings(rate=1.0, edge_rate=1.0)
SPARSE = SketchSettings(least=4, rate=1e-9, edge_words=0)


def of(*texts: str | bytes | None, how: SketchSettings = EVERYTHING, key: Key = KEY) -> list[set[int]]:
    kind = pa.large_binary() if any(isinstance(text, bytes) for text in texts) else pa.large_string()
    return rows(sketch(pa.array(texts, kind), key, how, threads=1))


def rows(found: Sketch) -> list[set[int]]:
    return [set(found.shingles[a:b].tolist()) for a, b in zip(found.offsets[:-1], found.offsets[1:], strict=True)]


def words(count: int, seed: int = 0) -> list[str]:
    rng = np.random.default_rng(seed)
    return ["".join(chr(97 + letter) for letter in rng.integers(0, 26, 9)) for _ in range(count)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Café déjà vu naïve façade", unicodedata.normalize("NFD", "Café déjà vu naïve façade")),
        ("한국어 문장을 하나 써 주세요", unicodedata.normalize("NFD", "한국어 문장을 하나 써 주세요")),
        ("がぎぐげござじずぜぞ", unicodedata.normalize("NFD", "がぎぐげござじずぜぞ")),
        ("Ignore all of this please", "Ｉｇｎｏｒｅ ａｌｌ　ｏｆ ｔｈｉｓ ｐｌｅａｓｅ"),
        ("Ignore all of this please", "Ig\u200bnore a\u00adll o\u2060f th\ufe0fis \u202epl\U000e0041ease"),
        ("please explain the payment again", "рleаse eхрlаin thе раyment аgаin"),
        ("The Board Must Know This", "Тhе Воаrd Мust Кnоw Тhіs"),
        ("write about the first office", "WRITE ABOUT THE \ufb01rst o\ufb03ce"),
        ("on 12 May 2024 we paid 1,234.50 euros", "on 7 May 1999 we paid 3 euros"),
        ("take 15 of these four", "take ４２ of these four"),
        ("plain words in four scripts", "𝐩𝐥𝐚𝐢𝐧 𝓌ℴ𝓇𝒹𝓈 in ⓕⓞⓤⓡ scripts"),
    ],
)
def test_spellings_of_one_text_fold_together(one: str, other: str) -> None:
    found = sketch(pa.array([one, other]), KEY, EVERYTHING)
    first, second = rows(found)
    assert first == second
    assert first
    assert found.texts[0] == found.texts[1] != 0
    assert (found.topics[0] == found.topics[1]).all()


def test_honest_texts_in_other_scripts_stay_apart() -> None:
    texts = [
        "мама мыла раму утром рано",
        "папа читал газету вечером дома",
        "η μητέρα έπλυνε το παράθυρο",
        "ο πατέρας διάβαζε την εφημερίδα",
    ]
    found = of(*texts)
    for index, first in enumerate(found):
        assert first
        for second in found[index + 1 :]:
            assert not first & second


def test_a_shared_template_is_found_in_different_texts() -> None:
    template = "you are a careful grader so think step by step"
    one, other = of(f"{template} about whales", f"{template} in a quiet harbour")
    assert len(one & other) == 7


@pytest.mark.parametrize("how", [EVERYTHING, SketchSettings()])
def test_another_key_takes_other_samples(how: SketchSettings) -> None:
    text = " ".join(words(400))
    mine, theirs = of(text, how=how)[0], of(text, how=how, key=Key(b"x" * 32))[0]
    assert not mine & theirs


def test_another_key_keeps_other_places() -> None:
    """The sample itself moves with the key, not only the names of what is in it."""
    listed = words(2000)
    kept = []
    for secret in (b"a" * 32, b"b" * 32):
        key = Key(secret)
        grams = [" ".join(listed[place : place + 4]) for place in range(1997)]
        names = [next(iter(row)) for row in of(*grams, key=key)]
        sample = of(" ".join(listed), how=SketchSettings(edge_words=0), key=key)[0]
        assert sample <= set(names)
        kept.append({place for place, name in enumerate(names) if name in sample})
    share = len(kept[0] & kept[1]) / min(map(len, kept))
    assert share < 0.25, f"two independent samples of one sixteenth overlap by {share:.2f}"


def test_the_sample_is_of_the_asked_size() -> None:
    found = of(" ".join(words(40_000)), how=SketchSettings(rate=0.1, edge_words=0))[0]
    assert 0.09 < len(found) / 39_997 < 0.11


@given(st.integers(0, 40), st.integers(0, 3))
@settings(max_examples=40, deadline=None)
def test_each_text_gives_at_least_so_many(count: int, seed: int) -> None:
    text = " ".join(words(count, seed))
    everything, sparse = of(text)[0], of(text, how=SPARSE)[0]
    assert len(everything) == (0 if count == 0 else max(1, count - 3))
    assert sparse <= everything
    assert len(sparse) == min(4, len(everything))


def test_edges_are_sampled_densely() -> None:
    listed = words(3000)
    found = of(" ".join(listed), how=SketchSettings(least=1, rate=1e-9, edge_words=20, edge_rate=1.0))[0]
    first, last = of(" ".join(listed[:20]), " ".join(listed[-20:]))
    assert len(first) == len(last) == 17
    assert first | last <= found
    assert len(found) <= 35


def test_null_empty_and_tiny_texts() -> None:
    found = sketch(pa.array([None, "", "?! …", "\u200b", "hi", "HI!", "one two three", "7"]), KEY, SketchSettings())
    assert np.diff(found.offsets).tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    assert found.words.tolist() == [0, 0, 0, 0, 1, 1, 3, 1]
    assert (found.texts == 0).tolist() == [True] * 4 + [False] * 4
    assert found.texts[4] == found.texts[5]
    assert not found.topics[:4].any()
    assert len(sketch(pa.array([], pa.string()), KEY, SketchSettings()).offsets) == 1
    assert len(sketch(pa.chunked_array([], pa.string()), KEY, SketchSettings()).texts) == 0


def test_threads_slices_chunks_and_widths_change_nothing() -> None:
    texts = [" ".join(words(30, seed)) if seed % 5 else None for seed in range(300)] + ["你好世界请帮我写一个程序"]
    whole = sketch(pa.array(texts, pa.large_string()), KEY, SketchSettings(), threads=1)
    chunked = pa.chunked_array([texts[:7], [], texts[7:]], pa.string())
    others = [
        sketch(pa.array(texts, pa.string()), KEY, SketchSettings(), threads=4),
        sketch(pa.array(["before", *texts, "after"], pa.large_string()).slice(1, len(texts)), KEY, SketchSettings()),
        sketch(chunked, KEY, SketchSettings()),
        sketch(pa.array(texts).dictionary_encode(), KEY, SketchSettings()),
        sketch(pa.array(texts, pa.string_view()), KEY, SketchSettings()),
    ]
    for other in others:
        for name in ("offsets", "shingles", "texts", "words", "topics", "unspaced"):
            np.testing.assert_array_equal(getattr(whole, name), getattr(other, name), err_msg=name)


def test_work_is_shared_among_threads_without_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = pa.array([" ".join(words(20, seed)) for seed in range(200)])
    whole = sketch(texts, KEY, SketchSettings(), threads=1)
    monkeypatch.setattr("iolaus.sketch.shingle.CHUNK_BYTES", 999)
    shared = sketch(texts, KEY, SketchSettings(), threads=3)
    np.testing.assert_array_equal(whole.shingles, shared.shingles)
    np.testing.assert_array_equal(whole.topics, shared.topics)
    np.testing.assert_array_equal(word_frequencies(texts, KEY, 1), word_frequencies(texts, KEY, 3))


def test_a_long_text_is_read_whole() -> None:
    listed = words(600_000)
    found = sketch(pa.array([" ".join(listed)]), KEY, SketchSettings())
    assert found.words[0] == 600_000
    assert 0.06 < len(found.shingles) / 600_000 < 0.065
    tail = of(" ".join(listed[-300:]), how=SketchSettings(edge_words=0, least=1))[0]
    assert tail <= set(found.shingles.tolist())


def test_a_repeated_word_fills_nothing() -> None:
    found = sketch(pa.array(["buy " * 1_000_000]), KEY, SketchSettings())
    assert found.words[0] == 1_000_000
    assert len(found.shingles) == 1


@pytest.mark.parametrize(
    ("text", "spaced"),
    [
        ("请帮我写一个关于春天的故事好吗", 0),
        ("ช่วยเขียนเรื่องสั้นเกี่ยวกับฤดูใบไม้ผลิ", 0),
        ("اكتب لي قصة قصيرة عن الربيع", 1),
        ("напиши мне короткую сказку о весне", 1),
    ],
)
def test_scripts_with_and_without_spaces(text: str, spaced: int) -> None:
    found = sketch(pa.array([text]), KEY, EVERYTHING)
    assert found.unspaced[0] == 1 - spaced
    assert len(found.shingles) == (found.words[0] - 3 if spaced else found.words[0] - 4)
    assert found.topics[0].any()


def test_vowel_signs_of_arabic_are_optional() -> None:
    assert of("كَتَبَ الوَلَدُ الدَّرسَ في البَيتِ") == of("كتب الولد الدرس في البيت")


def test_a_slot_of_another_script_breaks_no_template() -> None:
    one, other = of(
        "translate the sentence 春天来了 into plain English", "translate the sentence 我们 into plain English"
    )
    assert len(one & other) == 3


@pytest.mark.parametrize(
    "bad",
    [
        b"\xff",
        b"\xc3",
        b"\xe2\x82",
        b"\xed\xa0\x80",
        b"\xf8\x88\x80\x80\x80",
        b"\xc0\xaf",
        b"\x00",
        b"\xf4\x90\x80\x80",
    ],
)
def test_broken_bytes_end_a_word_and_nothing_else(bad: bytes) -> None:
    clean, broken, ending = of(
        b"four words stand here", b"four words" + bad + b"stand here", b"four words stand here" + bad
    )
    assert clean == broken == ending


@given(st.lists(st.one_of(st.none(), st.binary(max_size=60)), max_size=6))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read(contents: list[bytes | None]) -> None:
    found = sketch(pa.array(contents, pa.binary()), KEY, SketchSettings(), threads=1)
    assert len(found.offsets) == len(contents) + 1
    for first, last in zip(found.offsets[:-1], found.offsets[1:], strict=True):
        part = found.shingles[first:last].tolist()
        assert part == sorted(set(part))
    assert ((found.words > 0) == (np.diff(found.offsets) > 0)).all()


@given(st.text(max_size=80))
@settings(max_examples=300, deadline=None)
def test_normal_forms_and_case_of_any_text_agree(text: str) -> None:
    spelt = unicodedata.normalize("NFC", text)
    found = sketch(pa.array([spelt, unicodedata.normalize("NFD", spelt)]), KEY, EVERYTHING, threads=1)
    assert found.words[0] == found.words[1]


def test_topics_have_one_length_and_say_what_a_text_is_about() -> None:
    whales, more, bread = (
        "whales swim in cold oceans with calves",
        "calves of whales swim cold oceans",
        "flour yeast salt water knead bake crust",
    )
    found = sketch(pa.array([whales, more, bread]), KEY, SketchSettings()).topics[:, :DIMENSIONS].astype(np.float64)
    lengths = np.linalg.norm(found, axis=1)
    assert (np.abs(lengths - 127) < 4).all(), lengths
    assert found[0] @ found[1] / 127**2 > 0.6
    assert abs(found[0] @ found[2] / 127**2) < 0.4


def names(texts: list[str], weights: np.ndarray | None) -> list[set[int]]:
    """Names of each text."""
    found = np.ascontiguousarray(sketch(pa.array(texts), KEY, SketchSettings(), weights).topics[:, DIMENSIONS:])
    return [{*row.tolist()} - {0} for row in found.view("<u4")]


def test_names_are_rare_words_and_the_same_in_every_text() -> None:
    usual = ["please mend the parser of this module"] * 2_000
    one, other, apart = "mend Wexlorand please", "the module WEXLORAND of Quibbleton", "mend the parser"
    weights = topic_weights(word_frequencies(pa.array([*usual, one, other]), KEY), len(usual) + 2)
    assert weights.max() > RARE
    first, second, none = names([one, other, apart], weights)
    assert (len(first), len(second), len(none)) == (1, 2, 0)
    assert first < second


def test_texts_with_the_same_rare_words_keep_the_same_of_them() -> None:
    shared = " ".join(words(30))
    first, second = names([shared, f"{shared} {shared} {words(1, 7)[0]}"], None)
    assert len(first) == NAMES
    assert len(first & second) >= NAMES - 1


def test_frequencies_count_texts_and_weigh_rare_words() -> None:
    frequencies = word_frequencies(pa.array(["common common rare", "common", None, "common other"]), KEY)
    assert frequencies.shape == (TABLE,)
    assert sorted(frequencies[frequencies > 0].tolist()) == [1, 1, 3]
    weights = topic_weights(frequencies, 4)
    assert weights.dtype == np.float32
    assert weights[frequencies == 3].max() < weights[frequencies == 1].min() < weights[frequencies == 0].min()
    assert (topic_weights(np.full(TABLE, 9), 3) >= 0).all()


def test_weights_of_the_wrong_size_and_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="65536 buckets"):
        sketch(pa.array(["text"]), KEY, SketchSettings(), np.ones(4, np.float32))
    with pytest.raises(TypeError, match="int64"):
        sketch(pa.array([1]), KEY, SketchSettings())
