"""Settings of the sketch."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class SketchSettings(BaseModel):
    """How text becomes keyed shingles, and shingles phrases."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key_file: Path | None = Field(
        None,
        description="file of the deployment's key, made on first use; default: the user's config folder",
    )
    weights: Path | None = Field(
        None,
        description="file of how rare words are, for topics; without one they are learnt from the logs, and where keyed"
        " sketches stand among these all words weigh alike",
    )
    least: int = Field(16, ge=1, description="expected shingles that each text gives at least (its m smallest hashes)")
    rate: float = Field(0.0625, gt=0, le=1, description="share of shingles that long texts give")
    edge_words: int = Field(24, ge=0, description="words at both ends of a text that are sampled densely")
    edge_rate: float = Field(0.5, gt=0, le=1, description="share of shingles that they give")
    k: int = Field(10, ge=2, description="accounts that must share a shingle before it is kept")
    private_least: int = Field(200, ge=16, description="requests of an account from which its template is looked for")
    private_share: float = Field(0.04, gt=0, le=1, description="share of an account's requests that such words fill")
    private_sample: int = Field(256, ge=16, description="requests of an account in which they are looked for, by key")
    private_uses: int = Field(20_000_000, ge=1_000, description="shingles that are counted for that; more are sampled")
    phrase_pairs: int = Field(
        20, ge=1, description="pairs of one account's conversations that must share a shingle of a phrase"
    )
    phrase_repeat: float = Field(
        0.03, ge=0, le=1, description="least chance that another conversation of a user holds the shingle too"
    )
    phrase_lift: float = Field(1.5, ge=1, description="least ratio of that chance to the share of all conversations")
    phrase_habit: float = Field(
        0.5, gt=0, le=1, description="chance from which a phrase is kept whatever its lift: it fills its users' traffic"
    )
    phrase_sample: int = Field(48, ge=4, description="conversations a shingle in which its companions are looked for")
    phrase_together: float = Field(
        0.5, gt=0, le=1, description="share of conversations in which shingles of one phrase stand together"
    )
    phrase_share: float = Field(
        0.34, gt=0, le=1, description="share of a phrase's shingles that a conversation must hold to use it"
    )
    max_phrases: int = Field(3_000, ge=1, description="phrases that are kept, the most used first")
    filter_bits: int = Field(
        25, ge=10, le=32, description="log2 of the cells (8 bytes each) that count accounts before the exact count"
    )
    publish_k: int = Field(10, ge=2, description="legal entities (else accounts) that must share a shown excerpt")
