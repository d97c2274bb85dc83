"""Modules at work: what is declared, as values.

Its files are one circle, as evaluation is: what a module says needs how often it is called, that needs an expression,
and an expression the module.  So the types that they only name are imported for the type checker alone.
"""

from __future__ import annotations
