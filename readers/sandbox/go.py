"""What a program written in Go is told of how to run: most of what it asks for, it asks for in its first moments.

Its collector begins to look for what is no more needed at 4 MiB, and has looked through everything several times until
the program ends, a fraction of a second later.  Here it begins ten times later, or at the limit of memory, which lies
well below the sandbox's own: https://go.dev/doc/gc-guide#Memory_limit (Go before 1.19 knows no such limit, and a
collector that is off would never come back there).  Without a collector there is nothing to do on a second processor,
which others of the run need.
"""

from __future__ import annotations

GO = (("GOGC", "1000"), ("GOMEMLIMIT", "512MiB"), ("GOMAXPROCS", "1"))
