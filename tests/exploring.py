"""How much a generated test explores: so many examples under the profile ``dev``, more under a longer one.

The profiles are registered in conftest.py. Numbers in tests are those of ``dev``, and scale with the ``max_examples``
of the profile that is loaded: ``HYPOTHESIS_PROFILE=long``, or ``--hypothesis-profile=long``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from hypothesis import settings

Case = TypeVar("Case")

DEV = 100
"""The ``max_examples`` of the profile ``dev``."""


def scaled(count: int) -> int:
    """How many there are under the profile that is loaded, of what ``dev`` has ``count`` of."""
    return max(1, count * settings().max_examples // DEV)


def examples(count: int, **more: Any) -> settings:
    """The settings of a test with so many examples under ``dev``; all that is not given is the profile's."""
    return settings(max_examples=scaled(count), **more)


def seeds(count: int) -> range:
    """Seeds of a test that makes its own random numbers, so many under ``dev``."""
    return range(scaled(count))


def some(cases: Iterable[Case], count: int) -> list[Case]:
    """So many of the cases under ``dev``, spread over all of them."""
    every = list(cases)
    return every[:: max(1, len(every) // scaled(count))]
