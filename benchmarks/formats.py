"""How fast each log format is read: records a second, decoding and reading apart. One core, 500-byte prompts."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import msgspec

from iolaus.ingest.draft import FormatReader
from iolaus.ingest.formats import formats

PROMPT = "word " * 100
SAID = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": PROMPT}]
ANSWER = {"choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": PROMPT}}]}


def openai(number: int) -> dict[str, Any]:
    """A chat completion with its request."""
    request = {"model": "m", "messages": SAID, "temperature": 0.5, "max_tokens": 100}
    usage = {"usage": {"prompt_tokens": 100, "completion_tokens": 50}}
    return _around(number) | {"request": request, "response": ANSWER | usage}


def anthropic(number: int) -> dict[str, Any]:
    """A message with its request."""
    blocks = [{"type": "text", "text": PROMPT}]
    messages = [{"role": "user", "content": blocks}]
    request = {"model": "claude", "system": "Be brief.", "max_tokens": 100, "messages": messages}
    answer = {"type": "message", "role": "assistant", "content": blocks, "stop_reason": "end_turn"}
    return _around(number) | {"request": request, "response": answer}


def litellm(number: int) -> dict[str, Any]:
    """A standard logging payload."""
    return {
        "id": f"x{number}",
        "call_type": "acompletion",
        "status": "success",
        "model_group": "m",
        "startTime": 1.76e9 + number,
        "endTime": 1.76e9 + number + 1,
        "messages": SAID,
        "response": ANSWER,
        "model_parameters": {"temperature": 0.2},
        "metadata": {"user_api_key_user_id": f"a{number % 500}", "requester_custom_headers": {"x-ja4": "t13d"}},
    }


def otel(number: int) -> dict[str, Any]:
    """An OTLP line with one span."""
    said = [{"role": "user", "parts": [{"type": "text", "content": PROMPT}]}]
    plain = {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "m",
        "user.id": f"a{number % 500}",
        "client.address": "203.0.113.1",
        "user_agent.original": "sdk",
        "gen_ai.input.messages": msgspec.json.encode(said).decode(),
        "gen_ai.output.messages": msgspec.json.encode(said).decode(),
    }
    attributes = [{"key": name, "value": {"stringValue": value}} for name, value in plain.items()]
    span = {"traceId": f"{number:032x}", "spanId": f"{number:016x}", "attributes": attributes}
    span["startTimeUnixNano"] = str(1_760_000_000_000_000_000 + number)
    return {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}


def _around(number: int) -> dict[str, Any]:
    return {"timestamp": 1.76e9 + number, "account_id": f"a{number % 500}", "request_id": f"r{number}"}


def read(reader: FormatReader, records: list[Any]) -> int:
    """Exchanges that ``records`` give."""
    found = sum(1 for row, record in enumerate(records, 1) for _ in reader.read(record, row))
    return found + sum(1 for _ in reader.close())


def main() -> None:
    """Print a line for each format: the best of three runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=20_000)
    count = parser.parse_args().records
    makers: tuple[Callable[[int], dict[str, Any]], ...] = (openai, anthropic, litellm, otel)
    for make in makers:
        lines = [msgspec.json.encode(make(number + 1)) for number in range(count)]
        decoded, reading = [], []
        for _ in range(3):
            start = time.perf_counter()
            records = [msgspec.json.decode(line) for line in lines]
            middle = time.perf_counter()
            found = read(formats()[make.__name__].Reader(), records)
            decoded.append(middle - start)
            reading.append(time.perf_counter() - middle)
            if found != count:
                raise SystemExit(f"{make.__name__}: {found} exchanges of {count} records")
        print(f"{make.__name__:10} decode {count / min(decoded):9,.0f}/s  read {count / min(reading):9,.0f}/s")


if __name__ == "__main__":
    main()
