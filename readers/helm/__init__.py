"""Helm releases: the values that they give their charts, and the syntax of ``--set``."""
