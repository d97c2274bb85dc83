"""The environment of programs written in Go, which run for a fraction of a second.

By default the garbage collector first runs at 4 MiB, and several times before such a program ends.  Here it waits until
the memory has grown ten times as far, or until the limit, which lies well below the sandbox's own:
https://go.dev/doc/gc-guide#Memory_limit (Go before 1.19 knows no limit, so the collector is not switched off).  Hardly
anything but the collector would use a second processor, which the rest of the run needs.
"""

from __future__ import annotations

GO = (("GOGC", "1000"), ("GOMEMLIMIT", "512MiB"), ("GOMAXPROCS", "1"))
