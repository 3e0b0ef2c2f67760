"""Settings of ingest."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class IngestSettings(BaseModel):
    """How logs are read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_rejects: float = Field(0.01, ge=0, le=1, description="largest share of refused rows in one file")
    retry_window_s: int = Field(
        120, ge=0, description="a failed request with the same text within so many seconds is a retry"
    )
    max_text_bytes: int = Field(262_144, ge=1024, description="longer text is cut to this after it was sketched whole")
    max_field_bytes: int = Field(
        4096, ge=256, description="longer ids and other short fields are cut, with a hash of the whole"
    )
    max_record_bytes: int = Field(
        268_435_456, ge=65_536, description="a longer record is refused without being held in memory"
    )
    part_rows: int = Field(65_536, ge=1, description="rows of one part of the normal form")
    part_bytes: int = Field(67_108_864, ge=65_536, description="text bytes after which a part is closed")
    reject_warning_share: float = Field(
        0.2, gt=0, le=1, description="an account with more than this share of its rows refused is a warning"
    )
    reject_warning_rows: int = Field(20, ge=1, description="refused rows before an account can be a warning")
