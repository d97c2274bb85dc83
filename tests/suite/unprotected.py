"""A pytest plugin that takes the protection of secrets away: to see that a canary would sing."""

from __future__ import annotations

from tfparse import cache, infra, values
from tfparse.secrecy import Secrets

infra.find_secrets = lambda repo: Secrets(repo.tree)
cache._sealed = lambda data, seal: data
values.Value.marked = lambda self, sensitive=True: self
