"""A fast start: Whoosh without what it imports and a query never uses.

``whoosh.compat`` imports ``urlretrieve`` for the benchmarks of Whoosh, and with it HTTP, e-mail and TLS;
``whoosh.query`` and ``whoosh.analysis`` import the rules of an English stemmer and of English word forms. Together
they take 50 of the 250 milliseconds in which a query is to be answered. So their import gets stand-ins, which are gone
right after it, and whose functions import the real module when they are called after all.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

_UNUSED = (
    ("urllib.request", "urlretrieve"),
    ("whoosh.lang.morph_en", "variations"),
    ("whoosh.lang.porter", "stem"),
)


def import_whoosh() -> None:
    """Import ``whoosh.query`` without what it does not need here."""
    if "whoosh.query" in sys.modules:
        return
    standing_in = [_stand_in(module, function) for module, function in _UNUSED if module not in sys.modules]
    try:
        import whoosh.query  # noqa: F401
    finally:
        for module in standing_in:
            del sys.modules[module]


def _stand_in(name: str, function: str) -> str:
    def called_after_all(*arguments: Any, **named: Any) -> Any:
        return getattr(importlib.import_module(name), function)(*arguments, **named)

    module = ModuleType(name)
    module.__dict__[function] = called_after_all
    sys.modules[name] = module
    return name
