"""What is shown is everybody's: nothing that fewer than k customers wrote, and nobody's name, address or key."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iolaus.campaign.excerpts import LEAST_WORDS, MOST_WORDS, excerpt, mask

TEMPLATE = "solve the following problem and write out every step of your reasoning"
OWN = ("apple", "brook", "cedar", "delta", "ember", "fjord", "grove", "heath", "inlet", "jetty")


def entities(accounts: int, each: int = 1) -> dict[int, str]:
    return {number: f"entity:{number // each}" for number in range(accounts)}


def test_template_is_shown_and_items_are_not() -> None:
    texts = [(number, f"{TEMPLATE} : {word} {word}s {word}ly") for number, word in enumerate(OWN)]
    shown = excerpt(texts, entities(10), 10)
    assert shown.startswith(TEMPLATE)
    assert not any(word in shown for word in OWN)


def test_one_entity_with_many_accounts_is_one() -> None:
    texts = [(number, TEMPLATE) for number in range(20)]
    assert excerpt(texts, entities(20, each=10), 3) == ""
    assert excerpt(texts, entities(20, each=5), 3) == TEMPLATE


def test_many_requests_of_one_account_are_one() -> None:
    assert excerpt([(0, TEMPLATE)] * 50, entities(1), 2) == ""


def test_the_whole_excerpt_must_be_shared_not_only_its_parts() -> None:
    """Each half is used by k, the sentence by nobody: pieces that overlap must not be sewn together."""
    left, right = "alpha beta gamma delta epsilon", "gamma delta epsilon zeta eta theta"
    texts = [(n, left if n < 5 else right) for n in range(10)]
    shown = excerpt(texts, entities(10), 5)
    assert shown in (left, right)
    assert excerpt(texts, entities(10), 6) == ""


def test_texts_without_spaces_are_taken_by_character() -> None:
    texts = [(n, "请逐步解答下面的问题并写出推理过程" + "甲乙丙丁戊己庚辛壬癸"[n] * 5) for n in range(10)]
    shown = excerpt(texts, entities(10), 10).replace(" ", "")
    assert shown == "请逐步解答下面的问题并写出推理过程"


@pytest.mark.parametrize("texts", [[], [(0, "")], [(0, "one two")], [(0, "\x00 \n\t")]])
def test_little_text_is_no_excerpt(texts: list[tuple[int, str]]) -> None:
    assert excerpt(texts, entities(1), 1) in ("", "one two")


words = st.sampled_from(["a", "b", "c", "d", "e"])
requests = st.lists(
    st.tuples(st.integers(0, 7), st.lists(words, max_size=14).map(" ".join)),
    max_size=24,
)


@settings(max_examples=300, deadline=None)
@given(requests, st.integers(1, 5), st.integers(1, 3))
def test_nothing_is_shown_that_fewer_than_k_entities_hold(texts: list[tuple[int, str]], k: int, each: int) -> None:
    owner = entities(8, each)
    shown = excerpt(texts, owner, k)
    if not shown:
        return
    assert LEAST_WORDS <= len(shown.split()) <= MOST_WORDS
    wanted = f" {shown} "
    holders = {owner[account] for account, text in texts if wanted in f" {' '.join(text.split())} "}
    assert len(holders) >= k, f"{shown!r} is held by {holders}"


@settings(max_examples=100, deadline=None)
@given(requests, st.integers(1, 5))
def test_order_of_requests_changes_nothing(texts: list[tuple[int, str]], k: int) -> None:
    assert excerpt(texts, entities(8), k) == excerpt(texts[::-1], entities(8), k)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("write to jane.roe+work@mail.example.org today", "jane"),
        ("see https://example.org/a?token=x1y2 now", "example.org"),
        ("see www.example.org/private now", "private"),
        ("the host 192.0.2.55 answers", "192.0.2.55"),
        ("key sk-proj-abcdef1234567890abcdef used", "abcdef1234"),
        ("bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9 here", "eyJhbGci"),
        ("card 4111 1111 1111 1111 please", "1111"),
        ("call +1 (555) 010-9999 please", "010"),
        ("order 123456789 please", "123456789"),
        ("my manager, Jane Roe, said", "Roe"),
    ],
)
def test_masks(text: str, secret: str) -> None:
    masked = mask(text)
    assert secret not in masked, masked
    assert re.search(r"\[\w+\]", masked)


@pytest.mark.parametrize("text", [TEMPLATE, "give 3 examples in 2 lines", "solve x + 12 = 40 step by step"])
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert mask(text) == text


def test_excerpts_are_masked() -> None:
    texts = [(n, f"{TEMPLATE} then mail it to jane@mail.example right away") for n in range(10)]
    shown = excerpt(texts, entities(10), 10)
    assert "jane" not in shown
    assert "[address]" in shown
