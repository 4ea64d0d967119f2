"""A fast start: Whoosh without the modules that it imports and never uses here.

``whoosh.compat`` imports ``urlretrieve`` for the benchmarks of Whoosh, and with it HTTP, e-mail and TLS: 35 of the 250
milliseconds in which a query is to be answered. So its import gets a stand-in, which is gone right after it.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

_NAME = "urllib.request"


def import_whoosh() -> None:
    """Import ``whoosh.compat`` without ``urllib.request``, unless one of them is there already."""
    if "whoosh.compat" in sys.modules or _NAME in sys.modules:
        return
    stand_in = ModuleType(_NAME)
    stand_in.__dict__["urlretrieve"] = _urlretrieve
    sys.modules[_NAME] = stand_in
    try:
        import whoosh.compat  # noqa: F401
    finally:
        del sys.modules[_NAME]


def _urlretrieve(*arguments: Any, **named: Any) -> Any:
    """The real one, when it is called after all."""
    from urllib.request import urlretrieve

    return urlretrieve(*arguments, **named)
