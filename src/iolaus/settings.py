"""One typed tree of settings: defaults, a TOML file, the environment, flags, in rising order.

Each stage's class stands beside its code. In the environment a setting is written
``IOLAUS_STAGE__NAME``, for instance ``IOLAUS_SKETCH__K=12``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from iolaus.campaign.settings import CampaignSettings, VerdictSettings
from iolaus.engine import EngineSettings
from iolaus.errors import InputError
from iolaus.fingerprint.settings import FingerprintSettings
from iolaus.ingest.settings import IngestSettings
from iolaus.link.settings import LinkSettings
from iolaus.sketch.settings import SketchSettings
from iolaus.state.settings import StateSettings
from iolaus.tables import closest


class Settings(BaseSettings):
    """All settings of a scan, a section a stage."""

    model_config = SettingsConfigDict(
        env_prefix="IOLAUS_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        nested_model_default_partial_update=True,
    )

    engine: EngineSettings = Field(EngineSettings(), description="where relational work runs")
    ingest: IngestSettings = Field(IngestSettings(), description="how logs are read")
    sketch: SketchSettings = Field(SketchSettings(), description="how text becomes shingles and phrases")
    fingerprint: FingerprintSettings = Field(FingerprintSettings(), description="what is kept of one account")
    link: LinkSettings = Field(LinkSettings(), description="candidates and evidence")
    campaign: CampaignSettings = Field(CampaignSettings(), description="cohorts and honest explanations")
    verdict: VerdictSettings = Field(VerdictSettings(), description="when a cohort is called what")
    state: StateSettings = Field(StateSettings(), description="what is kept between scans, with --state alone")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment over TOML (given as init values); flags are laid over both by :func:`load`."""
        return env_settings, init_settings


def load(toml: Path | None = None, flags: Mapping[str, Mapping[str, Any]] | None = None) -> Settings:
    """Settings from defaults, then ``toml``, then the environment, then ``flags`` (section -> name -> value).

    Raises InputError that names the file or variable, the setting and, for an unknown one, the closest names.
    """
    written: dict[str, Any] = {}
    if toml is not None:
        try:
            written = tomllib.loads(toml.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise InputError(f"{toml}: cannot be read as TOML ({error}). Mend the file, then run again.") from None
    for section, values in written.items():
        if not isinstance(values, dict):
            raise InputError(f"{toml}: '{section}' is no section. Write [{section}] and its settings below it.")
    try:
        loaded = Settings(**written)
        changed = {
            section: getattr(loaded, section).model_copy(update=dict(values))
            for section, values in (flags or {}).items()
        }
        tree = {name: getattr(loaded, name).model_dump() for name in Settings.model_fields}
        tree |= {name: model.model_dump() for name, model in changed.items()}
        return Settings.model_construct(
            **{name: type(getattr(loaded, name)).model_validate(values) for name, values in tree.items()}
        )
    except ValidationError as error:
        raise InputError(_complaint(error, toml)) from None


def _complaint(error: ValidationError, toml: Path | None) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    source = str(toml) if toml is not None else "settings"
    if first["type"] == "extra_forbidden":
        return f"{source}: unknown setting '{place}'.{closest(place, names())} See 'iolaus settings'."
    return f"{source}: setting '{place}': {first['msg']}. See 'iolaus settings'."


def describe(settings: Settings) -> Iterator[tuple[str, Any, str]]:
    """(dotted name, value, meaning) of every setting, in the order of the tree."""
    for section in Settings.model_fields:
        model: BaseModel = getattr(settings, section)
        for name, field in type(model).model_fields.items():
            yield f"{section}.{name}", getattr(model, name), field.description or ""


def names() -> list[str]:
    """Every dotted name, and the names of the sections."""
    return [*Settings.model_fields, *(name for name, _, _ in describe(Settings.model_construct()))]
