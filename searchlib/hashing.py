"""BLAKE2b (RFC 7693), the hash of ids and digests."""

from __future__ import annotations

try:
    from _blake2 import blake2b  # hashlib's own; without hashlib, which loads OpenSSL beside it: 2 ms
except ImportError:  # a Python that keeps it elsewhere
    from hashlib import blake2b

__all__ = ["blake2b"]
