"""Iolaus finds, explains and helps to stop distillation attacks on language-model APIs."""

from __future__ import annotations

__version__ = "0.1.0"
