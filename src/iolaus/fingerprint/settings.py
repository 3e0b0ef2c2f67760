"""Settings of the account fingerprint."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class FingerprintSettings(BaseModel):
    """What is kept of one account."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    least_conversations: int = Field(
        3, ge=1, description="conversations with readable text below which an account is 'not assessed'"
    )
