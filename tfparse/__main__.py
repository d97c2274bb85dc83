from __future__ import annotations

import signal
import sys

from tfparse.console import main

if hasattr(signal, "SIGPIPE"):
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `python -m tfparse DIR | head` is no error
sys.exit(main())
