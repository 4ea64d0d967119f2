"""Which implementation of the operations on arrays is used: compiled by numba, or on NumPy."""

from __future__ import annotations

import sys
from importlib.util import find_spec

from searchlib.engines.whoosh.execution.primitives import OnArrays, Primitives
from searchlib.errors import SettingsError


def activate(compiled: bool | None) -> Primitives:
    """The operations to use. With None they are compiled if numba is imported already: that takes longer than a query.

    Raises SettingsError where compiled ones are wanted and numba is not installed.
    """
    if compiled is False or (compiled is None and "numba" not in sys.modules):
        return OnArrays()
    if find_spec("numba") is None:
        raise SettingsError("compiled search needs the package numba: pip install 'searchlib[fast]'")
    from searchlib.engines.whoosh.execution.compiled import Compiled

    return Compiled()
