"""Locations: where an index is, and which engine opens what is there. Nothing else knows which engines there are.

A *location* is the path of a folder, or a URL, whose *scheme* (what stands before ``://``) chooses the engine; or it is
`JointLocation` of these, whose indexes are searched as one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, cast

from searchlib.concurrency.lazily import lazy_expression
from searchlib.errors import SettingsError

if TYPE_CHECKING:
    from searchlib.engine.writers import Engine
    from searchlib.guards.arguments import StrPath

Single: TypeAlias = Path | str


class JointLocation(tuple[Single, ...]):
    """The locations of several indexes that are searched as one."""

    __slots__ = ()

    def __str__(self) -> str:
        return ", ".join(map(str, self))


Location: TypeAlias = Single | JointLocation

FOLDER = ""
"""The scheme of what has none."""
ENGINES = {
    FOLDER: "searchlib.engines.whoosh",
    **dict.fromkeys(("http", "https"), "searchlib.engines.opensearch"),
}
"""The module of the engine of each scheme."""
SEVERAL = {FOLDER: "searchlib.engines.whoosh.several"}
"""The module of the engine of several indexes of one scheme, where there is one."""
EXTRAS = dict.fromkeys(("http", "https"), ("opensearch", "opensearchpy"))
"""The extra that brings what the engine of a scheme needs, and the package that this is."""
_SCHEME = lazy_expression(r"([a-z][a-z0-9+.-]+)://", re.IGNORECASE | re.ASCII)  # a single letter is a drive


def located(given: StrPath | Sequence[StrPath]) -> Location:
    """The location that is given: a path, a URL as text, or several. Raises SettingsError for one given twice."""
    if not isinstance(given, Sequence) or isinstance(given, str):
        return single(given)
    found = tuple(map(single, given))
    seen = set()
    for one in found:
        real = one.resolve() if isinstance(one, Path) else one
        if real in seen:
            raise SettingsError(f"the index {one} is given twice, which would find everything twice: give it once")
        seen.add(real)
    if not found:
        raise SettingsError("there is no index to open: give the path of one, or of several")
    return found[0] if len(found) == 1 else JointLocation(found)


def single(given: StrPath) -> Single:
    """The location that is given: a path, or a URL as text."""
    return given if isinstance(given, str) and scheme_of(given) else Path(given)


def scheme_of(location: Single) -> str:
    """The scheme of a location."""
    found = _SCHEME.match(location) if isinstance(location, str) else None
    return found[1].lower() if found else FOLDER


def engine_at(location: Location) -> Engine:
    """The engine of a location. Raises SettingsError where there is none for its scheme."""
    if isinstance(location, JointLocation):
        return _engine_of_several(location)
    scheme = scheme_of(location)
    module = ENGINES.get(scheme)
    extra, package = EXTRAS.get(scheme, ("", ""))
    if module is None or not _is_installed(package or module):
        brings = f', or install what opens it: pip install "searchlib[{extra}]"' if extra else ""
        raise SettingsError(
            f"{location} cannot be opened, as no engine for {scheme}:// is installed: give the path of a folder{brings}"
        )
    return cast("Engine", import_module(module))


def _engine_of_several(location: JointLocation) -> Engine:
    schemes = {scheme_of(one): one for one in location}
    alone = next((one for scheme, one in schemes.items() if scheme not in SEVERAL), None)
    if alone is not None or len(schemes) > 1:
        raise SettingsError(
            f"{alone or location} cannot be searched together with other indexes: give indexes in folders, or it alone"
        )
    return cast("Engine", import_module(SEVERAL[next(iter(schemes))]))


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except (ImportError, ValueError):  # a module of it that is not to be had
        return False
