"""Cohorts, the four questions, honest explanations, verdicts."""
