"""Roundcube: what its image and its configuration make of environment and files."""
