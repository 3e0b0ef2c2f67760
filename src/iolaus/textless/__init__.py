"""Keyed sketches in place of texts, made in the provider's request path: ``iolaus sketch``."""
