"""Since when each promise holds: an infra repo judged at one commit after the other, by git's objects alone."""

from __future__ import annotations

SUFFIX = ".history"
"""What the names of the files end in that keep what is known of a history."""
