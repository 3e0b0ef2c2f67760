"""Programs that people use to call a model: each says which fields its requests carry, and with what."""

from __future__ import annotations

from dataclasses import dataclass

PYTHON = ("t13i181000_85036bcba153_d41ae481755e", "t13d181000_85036bcba153_d41ae481755e")
CHROME = (
    "t13d1516h2_8daaf6152771_02713d6af862", "q13d0312h3_55b375c5d22e_06cda9e17597",
    "t13d1517h2_8daaf6152771_b0da82dd1658", "t13d1517h2_8daaf6152771_b1ff8ab2d16f",
)  # fmt: skip
FIREFOX = ("t13d1715h2_5b57614c22b0_7121afd63204",)
SAFARI = ("t13d2014h2_a09f3c656075_14788d8d241b",)
GO = ("t13d190900_9dc949149365_97f8aa674fd9", "t13d191000_9dc949149365_e7c285222651")
NODE = ("t13d4907h2_0d8feac7bc37_7395dae3b2f3", "t13d4312h1_c7886603b240_b26ce05bbdd6")

_WEB = tuple(
    f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 Safari/537.36"
    for system in ("Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "X11; Linux x86_64")
    for version in (142, 143, 144, 145)
)


@dataclass(frozen=True)
class Again:
    """What a program does when a request fails: the chance that it asks again, and what that retry says.

    ``names_request``: attempts share a request id; ``names_first``: a retry names the exchange it repeats;
    ``falls_back``: a gateway may send it to another model.
    """

    share: float
    names_request: bool = False
    names_first: bool = False
    falls_back: bool = False


ASKS = Again(0.35)
TELLS = Again(0.9, names_first=True)
NAMES = Again(0.8, names_request=True)
GATEWAY = Again(0.9, names_request=True, falls_back=True)


@dataclass(frozen=True)
class App:
    """One program. Tuples are what its users choose from, one choice an account; None leaves a field out.

    ``system`` names a lexicon group, the same words for everybody, or ``own:GROUP`` for words of the account.
    ``sizes``: input tokens of the first request as a multiple of Azure's conversations, what each later turn adds as a
    share of the first, answers as a multiple of Azure's.
    """

    name: str
    agents: tuple[str, ...]
    prints: tuple[str, ...]
    pathway: str = "api"
    endpoint: str = "chat.completions"
    system: str | None = None
    tools: tuple[str, ...] = ()
    temperature: tuple[float | None, ...] = (None,)
    max_tokens: tuple[int | None, ...] = (None,)
    thinking: tuple[int | None, ...] = (None,)
    formats: tuple[str | None, ...] = (None,)
    seeds: tuple[int | None, ...] = (None,)
    answers: tuple[int | None, ...] = (None,)
    logprobs: tuple[int | None, ...] = (None,)
    end_users: bool = False
    sizes: tuple[float, float, float] = (1.0, 0.3, 1.0)
    gap: float = 70.0
    modalities: tuple[str, ...] = ("text",)
    again: Again = ASKS


_SDK = tuple(f"modelkit-python/{v}" for v in ("1.58.0", "1.61.2", "1.64.0", "1.66.3", "1.70.1"))
_SDK_JS = tuple(f"modelkit-js/{v}" for v in ("4.20.0", "4.28.1", "4.31.0", "5.0.2"))
_CODE = ("read_file", "write_file", "run_command", "search")
_LOOM = ("search_web", "python", "browse", "finish")
_TEMPERATURES = (None, None, 0.0, 0.2, 0.3, 0.5, 0.7, 0.7, 1.0)
_LIMITS = (None, 512, 1024, 1024, 2048, 4096, 4096, 8192)
_BUDGETS = (None, None, None, 1024, 4096, 8192)

APPS = (
    App("web_chat", _WEB, CHROME + FIREFOX, "web", "web.chat", "sys_chat", sizes=(0.8, 0.2, 1.0)),
    App("mobile", ("ModelChat/3.2 (iPhone; iOS 18.3)", "ModelChat/3.1 (Android 15)", "ModelChat/3.2 (Android 14)"),
        SAFARI + CHROME, "web", "web.chat", "sys_chat", sizes=(0.75, 0.2, 0.9)),
    App("python_sdk", _SDK, PYTHON, "api", "chat.completions", "own:sys_own", (), _TEMPERATURES, _LIMITS, _BUDGETS,
        (None, None, None, "json_object"), (None, None, None, 7, 42), (None, None, 1), gap=15,
        again=TELLS),
    App("python_bare", _SDK, PYTHON, "api", "chat.completions", None, (), _TEMPERATURES, _LIMITS, _BUDGETS,
        (None, None, "json_object"), (None, None, 42), (None, 1), (None, None, None, None, 5), gap=15,
        again=TELLS),
    App("js_sdk", _SDK_JS, NODE, "api", "chat.completions", "own:sys_own", (), _TEMPERATURES, _LIMITS, _BUDGETS,
        (None, None, "json_object", "json_schema"), gap=20, again=TELLS),
    App("go_client", ("Go-http-client/2.0", "modelkit-go/0.9.1"), GO, "api", "messages", "own:sys_own", (),
        _TEMPERATURES, _LIMITS, gap=20, again=NAMES),
    App("codecli", ("forgewright/2.4.1", "forgewright/2.5.0", "forgewright/2.5.3"), NODE, "api", "messages",
        "sys_codecli", _CODE, (None, 1.0), (8192, 16384), (None, 4096, 8192), sizes=(5.5, 0.28, 0.8), gap=14,
        again=TELLS),
    App("agentkit", ("agentloom/0.12.0 modelkit-python/1.64.0", "agentloom/0.13.1 modelkit-python/1.66.3"), PYTHON,
        "api", "chat.completions", "sys_agentkit", _LOOM, (None, 0.0, 0.2), (None, 4096), _BUDGETS,
        sizes=(2.2, 0.6, 0.9), gap=10, again=GATEWAY),
    App("ide", ("CodePane/1.98", "CodePane/1.99"), CHROME[2:], "api", "chat.completions", "sys_ide", ("apply_diff",),
        (0.1, None), (4096,), sizes=(2.4, 0.5, 0.7), gap=40),
    App("cloud_sdk", ("cloudkit/1.35 md/bedrock", "cloudkit/1.36 md/vertex"), PYTHON + GO, "cloud", "invoke",
        "own:sys_own", (), _TEMPERATURES, _LIMITS, _BUDGETS, gap=15, again=GATEWAY),
    App("batch", _SDK, PYTHON, "batch", "batches", "own:sys_own", (), (None, 0.0), (None, 1024, 4096), _BUDGETS,
        (None, "json_object"), gap=10, again=NAMES),
    App("saas", _SDK + _SDK_JS, PYTHON + NODE, "api", "chat.completions", "own:sys_saas", (), (0.0, 0.2, 0.3),
        (512, 1024, 2048), (None, 2048), ("json_object", "json_schema"), end_users=True, sizes=(1.0, 0.1, 1.0), gap=20,
        again=GATEWAY),
    App("learn", ("StudyPal-Extension/1.7", "StudyPal-Extension/1.8"), CHROME, "api", "chat.completions", "sys_learn",
        (), (0.3,), (2048,), gap=90),
    App("vision", _SDK, PYTHON, "api", "messages", "own:sys_own", ("computer",), (None, 0.0), (2048, 4096), _BUDGETS,
        sizes=(2.0, 0.9, 0.7), gap=12, modalities=("text", "image"), again=TELLS),
)  # fmt: skip
NUMBER = {app.name: n for n, app in enumerate(APPS)}
