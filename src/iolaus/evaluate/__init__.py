"""Evaluate: worlds with truth against what a scan and others say of them. Ships to users."""
