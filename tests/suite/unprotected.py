"""A pytest plugin that takes the protection of secrets away: to see that a canary would sing."""

from __future__ import annotations

from tfparse.cty import values
from tfparse.secrets import loading, secrecy
from tfparse.source import cache

secrecy.find_secrets = loading.find_secrets = lambda repo: secrecy.Secrets(repo.tree)
cache._sealed = lambda data, seal: data
values.Value.marked = lambda self, marks=0: self
