"""Build what worlds draw from: topics' words, tenants' rates and lengths, address ranges.

    python training/build_world_data.py SOURCE_DIR

``SOURCE_DIR`` holds the files that ``src/iolaus/data/SOURCES.md`` names. Only sources whose licence allows
redistribution are read. Writes ``world_topics.txt.gz``, ``world_tenants.npz`` and ``world_addresses.npz``
under ``src/iolaus/data``; the same sources give the same bytes.
"""

from __future__ import annotations

import collections
import csv
import gzip
import io
import ipaddress
import re
import sys
import zipfile
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from sklearn.cluster import KMeans
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer
from sklearn.preprocessing import normalize

DATA = Path(__file__).parents[1] / "src" / "iolaus" / "data"
SOURCES = {
    "gsm8k_test", "humaneval", "toolformer", "apibench", "bfcl_multi_turn", "bfcl_live_irrelevance",
    "toolbench", "biggen", "mt_bench", "tau_bench", "act_as", "autoj_pairwise", "prometheus_vicuna",
}  # fmt: skip
TOPICS = 96
WORDS_A_TOPIC = 240
UNFIT = re.compile(
    r"sex|porn|nud|rape|kill|murder|suicid|drug|nazi|racis|boob|toolformer|rubric|score|assistant|boyfriend"
    r"|girlfriend|rouble|prometheus"
)
STOP = ENGLISH_STOP_WORDS | {
    "like",
    "want",
    "need",
    "please",
    "make",
    "using",
    "use",
    "used",
    "given",
    "write",
    "create",
    "give",
    "provide",
    "let",
    "know",
    "help",
    "think",
    "step",
    "look",
    "find",
    "tell",
    "ask",
    "explain",
    "describe",
    "way",
    "does",
    "did",
    "just",
    "would",
    "could",
    "should",
    "got",
    "get",
    "im",
    "id",
    "ive",
    "dont",
}
BINS = 2016
"""600-second bins of 14 days."""


def topics(source: Path) -> None:
    """One line a topic: chunks of one to three words that stand between stop words, most telling first."""
    table = pq.read_table(source / "prompts.parquet", columns=["source", "text"])
    texts = [
        re.sub(r"toolformer[^\n]*\n", " ", row["text"])[:4000].lower()
        for row in table.to_pylist()
        if row["source"] in SOURCES
    ]
    vectors = TfidfVectorizer(stop_words=sorted(STOP), min_df=4, max_df=0.05, sublinear_tf=True)
    weights = vectors.fit_transform(texts)
    dense = normalize(TruncatedSVD(80, random_state=7).fit_transform(weights))
    label = KMeans(TOPICS, random_state=7, n_init=1).fit_predict(dense)
    everywhere: collections.Counter[str] = collections.Counter()
    within: list[collections.Counter[str]] = [collections.Counter() for _ in range(TOPICS)]
    for text, topic in zip(texts, label, strict=True):
        found = set(_chunks(text))
        everywhere.update(found)
        within[topic].update(found)
    lines = []
    for counts in within:
        size = sum(counts.values()) or 1
        rank = sorted(counts, key=lambda c: (-counts[c] * np.log1p(counts[c] / everywhere[c] * size), c))
        kept = [c for c in rank if everywhere[c] < 0.008 * len(texts)][:WORDS_A_TOPIC]
        if len(kept) >= 90:
            lines.append("\t".join(kept))
    _write_gzip(DATA / "world_topics.txt.gz", "\n".join(lines).encode())


def _chunks(text: str) -> list[str]:
    chunks = []
    for clause in re.split(r"[^a-z' \-]+", text):
        run: list[str] = []
        for word in [*clause.split(), "the"]:
            plain = word.strip("'-")
            if plain in STOP or len(plain) < 3 or not plain.isalpha():
                if 1 <= len(run) <= 3 and not UNFIT.search(" ".join(run)) and sum(map(len, run)) < 28:
                    chunks.append(" ".join(run))
                run = []
            else:
                run.append(plain)
    return chunks


def tenants(source: Path) -> None:
    """Rates and gap CVs of honest cloud tenants by 600-second bin, and their mean token lengths."""
    columns = pq.read_table(source / "servegen_rates.parquet").to_pydict()
    key = [f"{m}/{c}" for m, c in zip(columns["model"], columns["client"], strict=True)]
    names = sorted(set(key))
    place = {name: n for n, name in enumerate(names)}
    rate = np.zeros((len(names), BINS), np.uint8)
    cv = np.zeros((len(names), BINS), np.uint8)
    for name, t, r, c in zip(key, columns["t"], columns["rate"], columns["cv"], strict=True):
        bin_ = t // 600
        if bin_ < BINS and r > 0:
            rate[place[name], bin_] = max(1, _level(r * 600, 24.0))
            cv[place[name], bin_] = _level(max(float(c), 0.05) * 20, 40.0)
    lengths = {
        f"{m}/{c}": (i, o)
        for m, c, i, o in zip(*pq.read_table(source / "servegen_lengths.parquet").to_pydict().values(), strict=True)
    }
    pairs = [lengths.get(n, (None, None)) for n in names]
    tokens = np.array([[i or 0.0, o or 0.0] for i, o in pairs], np.float32)
    azure = pq.read_table(source / "azure_llm_2023.parquet").to_pydict()
    spread = {}
    for kind in sorted(set(azure["kind"])):
        rows = [n for n, k in enumerate(azure["kind"]) if k == kind]
        for side in ("input_tokens", "output_tokens"):
            values = np.sort(np.array([azure[side][n] for n in rows]))
            spread[f"{kind}_{side}"] = np.quantile(values, np.linspace(0, 1, 513)).astype(np.int32)
    model = np.array([n.split("/")[0] for n in names])
    arrays = {"rate": rate, "cv": cv, "tokens": tokens, "model": model, **spread}
    _write_npz(DATA / "world_tenants.npz", arrays)


def _level(value: float, step: float) -> int:
    return int(np.clip(round(step * np.log10(max(value, 1.0))) + 1, 1, 255))


HOME = re.compile(
    r"telecom|telekom|telef|cable|broadband|communicat|comcast|verizon|charter|orange|vodafone|kddi|softbank"
    r"|t-mobile|tim |telia|telstra|rogers|bell|proximus|kpn|ziggo|sky uk|virgin|airtel|jio|bsnl|chinanet|unicom"
    r"|korea|lg |sk br|turk|rostelecom|claro|vivo|liberty|cox|frontier|centurylink|at&t",
    re.IGNORECASE,
)
MOBILE = re.compile(r"mobile|cellular|wireless|cellco|gsm", re.I)
CAMPUS = re.compile(r"universit|college|school|institute of tech|education|academic", re.I)
CLOUDS = {"amazon", "microsoft", "google", "oracle", "digitalocean", "linode", "vultr"}


def addresses(source: Path) -> None:
    """IPv4 ranges by kind of network: home, mobile, campus, office, cloud, vpn, relay."""
    hosting = set(re.findall(r"\d+", (source / "net" / "datacenter_asn.txt").read_text()))
    ranges: dict[str, list[tuple[int, int, int]]] = collections.defaultdict(list)
    by_asn: dict[tuple[str, int], list[tuple[int, int]]] = collections.defaultdict(list)
    with gzip.open(source / "net" / "asn-ipv4.csv.gz", "rt", encoding="utf-8") as lines:
        for first, last, asn, name in csv.reader(lines):
            if asn in hosting or re.search(r"host|cloud|data ?cent|server", name, re.I):
                continue
            kind = "campus" if CAMPUS.search(name) else "mobile" if MOBILE.search(name) else ""
            kind = kind or ("home" if HOME.search(name) else "office")
            low, high = int(ipaddress.IPv4Address(first)), int(ipaddress.IPv4Address(last))
            if high - low >= 1023:
                by_asn[kind, int(asn)].append((low, high))
    for (kind, number), held in by_asn.items():
        widest = sorted(held, key=lambda s: (s[0] - s[1], s))[: {"home": 12, "mobile": 12}.get(kind, 3)]
        ranges[kind] += [(low, high, number) for low, high in widest]
    for kind, most in (("home", 3000), ("mobile", 1000), ("campus", 600), ("office", 1500)):
        ranges[kind] = sorted(ranges[kind], key=lambda s: (s[0] - s[1], s))[:most]
    table = pq.read_table(source / "net" / "ip_ranges.parquet").to_pydict()
    for kind, cidr in zip(table["kind"], table["cidr"], strict=True):
        net = ipaddress.ip_network(cidr, strict=False)
        owner = kind.removeprefix("provider:")
        name = "vpn" if kind == "vpn" else "relay" if owner == "apple-proxy" else "cloud" if owner in CLOUDS else ""
        if net.version == 4 and name:
            low = int(net.network_address)
            ranges[name].append((low, low + net.num_addresses - 1, 0))
    out = {}
    for kind, spans in sorted(ranges.items()):
        keep = sorted(spans)
        if kind == "vpn":
            keep = keep[::4]
        out[kind] = np.array(keep, np.uint32)
    _write_npz(DATA / "world_addresses.npz", out)


def _write_gzip(path: Path, content: bytes) -> None:
    held = io.BytesIO()
    with gzip.GzipFile(fileobj=held, mode="wb", mtime=0, filename="") as packed:
        packed.write(content)
    path.write_bytes(held.getvalue())


def _write_npz(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Like numpy.savez_compressed, but without the clock in the archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in sorted(arrays.items()):
            held = io.BytesIO()
            np.lib.format.write_array(held, np.ascontiguousarray(array), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), held.getvalue(), zipfile.ZIP_DEFLATED)


def main() -> None:
    """Build every file from the folder named on the command line."""
    source = Path(sys.argv[1])
    topics(source)
    tenants(source)
    addresses(source)


if __name__ == "__main__":
    main()
