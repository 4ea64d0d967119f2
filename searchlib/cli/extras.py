"""What commands need that is in an extra."""

from __future__ import annotations

import importlib
from typing import Any

from searchlib.errors import SettingsError

EXTRAS = {
    "web": ("starlette", "uvicorn", "jinja2"),
    "mcp": ("mcp", "mcp_types", "pydantic", "starlette", "uvicorn", "jinja2"),
    "watch": ("watchfiles",),
}
"""The packages of each, as they are imported."""


def needing(extra: str, what: str, module: str) -> Any:
    """A module of searchlib whose packages are in an extra. Raises SettingsError with how to install it."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package in EXTRAS[extra]:
            raise SettingsError(f'{what} needs {package}: pip install "searchlib[{extra}]"') from None
        raise
