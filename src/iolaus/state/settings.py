"""Settings of the state."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class StateSettings(BaseModel):
    """What is kept between scans (``--state``), and when a campaign is one that was seen before."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    keep_days: int = Field(28, ge=1, description="UTC days that are kept, the newest one counted; older ones go")
    stray_share: float = Field(
        0.001, ge=0, lt=1, description="share of the exchanges that may lie after the newest day: clocks go wrong"
    )
    least_first: int = Field(
        2_000,
        ge=0,
        description="exchanges below which the first increment is a warning: it tells how rare words are, for good",
    )
    same_words: float = Field(
        0.5,
        gt=0,
        le=1,
        description="share of the fewer words at which two campaigns are one, whoever their accounts are",
    )
    same_members: float = Field(
        0.5, gt=0, le=1, description="share of the exchanges of both by accounts that are in both at which they are one"
    )
