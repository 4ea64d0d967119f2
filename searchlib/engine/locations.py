"""Locations: where an index is, and which engine opens what is there. Nothing else knows which engines there are.

A *location* is the path of a folder, or a URL, whose *scheme* (what stands before ``://``) chooses the engine.
"""

from __future__ import annotations

import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, cast

from searchlib.concurrency.lazily import lazy_expression
from searchlib.errors import SettingsError

if TYPE_CHECKING:
    from searchlib.engine.writers import Engine
    from searchlib.guards.arguments import StrPath

Location: TypeAlias = Path | str

FOLDER = ""
"""The scheme of what has none."""
ENGINES = {
    FOLDER: "searchlib.engines.whoosh",
    **dict.fromkeys(("http", "https"), "searchlib.engines.opensearch"),
}
"""The module of the engine of each scheme."""
EXTRAS = dict.fromkeys(("http", "https"), ("opensearch", "opensearchpy"))
"""The extra that brings what the engine of a scheme needs, and the package that this is."""
_SCHEME = lazy_expression(r"([a-z][a-z0-9+.-]+)://", re.IGNORECASE | re.ASCII)  # a single letter is a drive


def located(given: StrPath) -> Location:
    """The location that is given: a path, or a URL as text."""
    return given if isinstance(given, str) and scheme_of(given) else Path(given)


def scheme_of(location: Location) -> str:
    """The scheme of a location."""
    found = _SCHEME.match(location) if isinstance(location, str) else None
    return found[1].lower() if found else FOLDER


def engine_at(location: Location) -> Engine:
    """The engine of a location. Raises SettingsError where there is none for its scheme."""
    scheme = scheme_of(location)
    module = ENGINES.get(scheme)
    extra, package = EXTRAS.get(scheme, ("", ""))
    if module is None or not _is_installed(package or module):
        brings = f', or install what opens it: pip install "searchlib[{extra}]"' if extra else ""
        raise SettingsError(
            f"{location} cannot be opened, as no engine for {scheme}:// is installed: give the path of a folder{brings}"
        )
    return cast("Engine", import_module(module))


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except (ImportError, ValueError):  # a module of it that is not to be had
        return False
