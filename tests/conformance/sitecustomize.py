"""Replaces ``whoosh.codec.default_codec``, in every process: Python imports this module wherever it starts.

Some tests start processes of their own. ``CONFORMANCE_STOCK=1`` keeps Whoosh's own codec.
"""

from __future__ import annotations

import os
from typing import Any

OPTIONS: dict[str, Any] = {}
"""What the codec is given besides."""


def columnar_codec(*args: Any, **kwargs: Any) -> Any:
    """What replaces ``whoosh.codec.default_codec``."""
    from searchlib.engines.whoosh.compat.codec import ColumnarCodec

    return ColumnarCodec(*args, **kwargs, **OPTIONS)


if os.environ.get("CONFORMANCE_STOCK") == "0":
    import whoosh.codec

    # Before any test module is imported: some take the name itself.
    whoosh.codec.default_codec = columnar_codec
