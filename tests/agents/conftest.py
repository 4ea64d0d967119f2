"""The index that agents ask: that of the tests of the web."""

from __future__ import annotations

from tests.web.conftest import folder, index

__all__ = ["folder", "index"]
