"""A pytest plugin that takes the protection of secrets away: to see that a canary would sing."""

from __future__ import annotations

from gate import redaction
from tfparse import loading
from tfparse.cty import values
from tfparse.secrets.secrecy import Secrets
from tfparse.source import cache

redaction.find_secrets = loading.find_secrets = lambda repo: Secrets(repo.tree)
cache._sealed = lambda data, seal: data
values.Value.marked = lambda self, marks=0: self
