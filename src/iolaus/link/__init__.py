"""Accounts together: block, compare, score. One file a kind of evidence."""
