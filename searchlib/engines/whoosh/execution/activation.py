"""Whether there is compiled code, which takes numba: the package that the extra ``fast`` installs."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import Any

from searchlib.errors import SettingsError


def activate(wanted: bool | None) -> Any:
    """The module ``compiled``, or None to do without.

    With None it is taken if the process has imported numba already: importing it takes longer than a cold query.
    Raises SettingsError where it is wanted and not installed.
    """
    if wanted is False or (wanted is None and "numba" not in sys.modules):
        return None
    if find_spec("numba") is None:
        raise SettingsError("compiled search needs the package numba: pip install 'searchlib[fast]'")
    from searchlib.engines.whoosh.execution import compiled

    return compiled
