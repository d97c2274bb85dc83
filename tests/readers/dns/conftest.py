from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import pytest

from tests.readers.dns.name_servers import Handler, Stub, stub_server


@pytest.fixture
def stub() -> Iterator[Callable[[Handler], Stub]]:
    """Starts a name server on loopback that answers as a function says, until the test ends."""
    with contextlib.ExitStack() as stack:
        yield lambda handler: stack.enter_context(stub_server(handler))
