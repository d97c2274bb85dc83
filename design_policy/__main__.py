"""``python -m design_policy`` in a checkout: the command as it is when it is installed."""

from __future__ import annotations

import sys

from design_policy import main

sys.exit(main())
