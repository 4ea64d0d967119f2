"""A fast start: Whoosh and NumPy without what they import and a query never uses.

``whoosh.compat`` imports ``urlretrieve`` for the benchmarks of Whoosh, and with it HTTP, e-mail and TLS;
``whoosh.query`` and ``whoosh.analysis`` import the rules of an English stemmer and of English word forms; NumPy puts
docstrings on what is compiled. Together they take 60 of the 250 milliseconds in which a query is to be answered. So
their import gets stand-ins, which are gone right after it, and whose functions import the real module when they are
called after all.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

_UNUSED = (
    ("urllib.request", "urlretrieve"),
    ("html", "escape"),
    ("whoosh.lang.morph_en", "variations"),
    ("whoosh.lang.porter", "stem"),
)
# Modules that are run for what they add to the docstrings of others.
_DOCSTRINGS = (
    "numpy._core._add_newdocs",
    "numpy._core._add_newdocs_scalars",
    "numpy.core._add_newdocs",
    "numpy.core._add_newdocs_scalars",
)


def import_lean() -> None:
    """Import NumPy and ``whoosh.query`` without what they do not need here."""
    if "whoosh.query" in sys.modules:
        return
    standing_in = [_stand_in(module, function) for module, function in _UNUSED if module not in sys.modules]
    if "numpy" not in sys.modules:
        standing_in += [_stand_in(module) for module in _DOCSTRINGS]
    try:
        import numpy  # noqa: F401
        import whoosh.query  # noqa: F401
    finally:
        for module in standing_in:
            del sys.modules[module]


def _stand_in(name: str, function: str = "") -> str:
    def called_after_all(*arguments: Any, **named: Any) -> Any:
        return getattr(importlib.import_module(name), function)(*arguments, **named)

    module = ModuleType(name)
    if function:
        module.__dict__[function] = called_after_all
    sys.modules[name] = module
    return name
