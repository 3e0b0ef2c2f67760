"""What the public sets are taken to ask for."""

from __future__ import annotations

from collections.abc import Iterable

from training.content.own import Text
from training.content.public import Prompt

GRADING = ("judge_single", "prometheus_hhh", "prometheus_vicuna", "pandalm")
"""Sets whose texts hold what is graded. autoj_pairwise holds the bare questions only: an honest set, by its words."""

HONEST = ("arena", "arena_hard", "hh_harmless_test", "oasst_zh", "tau_bench", "act_as", "mt_bench")
CAPABILITY = {
    "gsm8k_test": "reasoning",
    "math500": "reasoning",
    "mbpp": "coding",
    "humaneval": "coding",
    "leetcode": "coding",
    "toolformer": "tool_use",
    "apibench": "tool_use",
    "bfcl_live_irrelevance": "tool_use",
    "bfcl_multi_turn": "tool_use",
    "toolbench": "tool_use",
    "swe_agent": "agentic_planning",
    "hh_harmless_test": "chat",
    "oasst_zh": "chat",
    "tau_bench": "chat",
}
"""Sets of one capability; the others are mixed, and teach none."""

KIN = {"prometheus_vicuna": "prometheus", "prometheus_hhh": "prometheus", "humaneval": "mbpp_humaneval",
       "mbpp": "mbpp_humaneval", "bfcl_live_irrelevance": "bfcl", "bfcl_multi_turn": "bfcl"}  # fmt: skip
"""Sets of one hand count as one source."""


def source_of(name: str) -> str:
    """The name under which a set is held out."""
    return KIN.get(name, name)


def labelled(prompts: Iterable[Prompt]) -> list[Text]:
    """Public prompts with their labels."""
    return [
        Text(
            prompt.text,
            prompt.source,
            ("grading",) if prompt.source in GRADING else (),
            CAPABILITY.get(prompt.source),
            "zh" if prompt.source in ("oasst_zh", "judge_single") else "en",
        )
        for prompt in prompts
    ]
