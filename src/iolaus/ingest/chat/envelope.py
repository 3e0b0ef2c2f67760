"""Who asked, when and from where: what a gateway writes around a request body."""

from __future__ import annotations

from typing import Any

from iolaus.ingest.chat.content import child

NAMES = (
    ("exchange_id", ("exchange_id",)),
    (
        "ts",
        (
            "ts",
            "timestamp",
            "@timestamp",
            "time",
            "request_time",
            "requested_at",
            "start_time",
            "startTime",
            "created_at",
            "created",
            "datetime",
        ),
    ),
    (
        "account_id",
        (
            "account_id",
            "account",
            "customer_id",
            "user_id",
            "project_id",
            "project",
            "workspace_id",
            "organization_id",
            "organization",
            "org_id",
            "team_id",
        ),
    ),
    ("request_id", ("request_id", "x_request_id", "x-request-id", "correlation_id")),
    ("retry_of", ("retry_of",)),
    ("key_id", ("key_id", "api_key_id", "api_key_hash")),
    ("endpoint", ("endpoint", "route", "path", "url")),
    ("pathway", ("pathway",)),
    ("status", ("status_code", "http_status", "response_status")),
    ("duration_ms", ("duration_ms", "latency_ms", "elapsed_ms", "response_time_ms")),
    ("ip", ("ip", "client_ip", "ip_address", "remote_addr", "client_address", "source_ip")),
    ("user_agent", ("user_agent", "userAgent")),
    ("tls_fingerprint", ("tls_fingerprint", "ja4")),
    ("conversation_id", ("conversation_id", "thread_id")),
)
"""Column <- names beside the body. For the account the smallest unit that can be suspended comes first.

Session ids are not among them: clients choose those, and one constant would turn all the traffic of an
account into a single conversation, which is the unit of counting.
"""

HEADERS = (
    ("user_agent", ("user-agent",)),
    ("tls_fingerprint", ("x-ja4", "x-ja4-fingerprint", "cf-ja4")),
    ("request_id", ("x-request-id", "request-id")),
)
"""Column <- HTTP headers, where they are logged. Forwarding headers are left out: any client writes them."""


def read_envelope(record: dict[str, Any], values: dict[str, Any]) -> None:
    """Put into ``values`` what stands beside the body in ``record``; only scalars are taken."""
    for column, names in NAMES:
        for name in names:
            value = record.get(name)
            if value is not None and value != "" and not isinstance(value, dict | list):
                values.setdefault(column, value)
                break
    headers = child(record, "headers") or child(record, "request_headers")
    if not headers:
        headers = child(child(record, "request"), "headers")
    if headers:
        read_headers(headers, values)


def read_headers(headers: dict[str, Any], values: dict[str, Any]) -> None:
    """Put into ``values`` what the HTTP ``headers`` tell; their names are matched without case."""
    lower = {name.lower(): value for name, value in headers.items() if isinstance(name, str)}
    for column, names in HEADERS:
        for name in names:
            value = lower.get(name)
            value = value[0] if isinstance(value, list) and value else value
            if isinstance(value, str) and value:
                values.setdefault(column, value)
                break
