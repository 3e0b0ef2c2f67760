"""Settings of the state."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class StateSettings(BaseModel):
    """What is kept between scans (``--state``), and when a campaign is one that was seen before."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    keep_days: int = Field(28, ge=1, description="UTC days that are kept, the newest one counted; older ones go")
    same_words: float = Field(
        0.5,
        gt=0,
        le=1,
        description="share of the fewer words at which two campaigns are one, whoever their accounts are",
    )
    same_members: float = Field(
        0.5, gt=0, le=1, description="share of the exchanges of both by accounts that are in both at which they are one"
    )
