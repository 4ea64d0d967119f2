"""The cluster at a location: its client, who one is there, and what its errors mean.

Credentials are those of ``SEARCHLIB_OPENSEARCH_USER`` and ``SEARCHLIB_OPENSEARCH_PASSWORD``, or of the netrc for the
host. They are in no location, so they are in no message, index or citation. ``SEARCHLIB_OPENSEARCH_CA`` is a file with
the certificates that are trusted, besides those of the system.
"""

from __future__ import annotations

import json
import logging
import netrc
import os
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from opensearchpy import OpenSearch, exceptions

from searchlib.errors import (
    IndexLocked,
    IndexMissing,
    IndexReadOnly,
    IndexUnreadable,
    QueryError,
    SettingsError,
)

USER, PASSWORD, CERTIFICATES = (f"SEARCHLIB_OPENSEARCH_{name}" for name in ("USER", "PASSWORD", "CA"))
SECONDS = 60
"""How long an answer is waited for."""
_TRIES = 8
_BUSY = (429, 502, 503, 504)
_TOO_MUCH = ("too_many", "too many terms", "max_nested_depth", "maxClause")

Json = dict[str, Any]

logging.getLogger("opensearch").addHandler(logging.NullHandler())  # or what it warns of goes to stderr unasked


class Cluster:
    """The client for an index, safe to share between threads; each call is a request, sent again while it is busy."""

    def __init__(self, location: str) -> None:
        parts = urlsplit(location)
        if parts.username or parts.password:
            raise SettingsError(
                f"an address has no password in it: take it out and set {USER} and {PASSWORD}, or have it in a netrc"
            )
        self.name = parts.path.strip("/")
        self.location = location
        if not parts.hostname or not self.name or not _is_name(self.name):
            raise SettingsError(
                f"{location} names no index: give it as https://HOST:PORT/NAME, where NAME is of lower case letters, "
                "digits, - and _"
            )
        scheme = parts.scheme.lower()
        port = parts.port or (443 if scheme == "https" else 80)
        self.client = OpenSearch(
            hosts=[{"host": parts.hostname, "port": port, "scheme": scheme}],
            http_auth=_credentials(parts.hostname),
            ca_certs=os.environ.get(CERTIFICATES) or None,
            timeout=SECONDS,
            max_retries=0,
            http_compress=False,
        )

    def call(self, method: str, path: str, body: Any = None, params: Json | None = None, tries: int = _TRIES) -> Any:
        """What the cluster answers; where it is busy, it is asked again after a while."""
        pause = 0.1
        for left in reversed(range(tries)):
            try:
                return self.client.transport.perform_request(method, path, params=params, body=body)
            except exceptions.TransportError as error:
                if not left or error.status_code not in _BUSY:
                    raise self.error(error) from None
            except exceptions.OpenSearchException as error:
                raise self.error(error) from None
            time.sleep(pause)
            pause = min(pause * 2, 5)
        raise AssertionError("a loop without an end")

    def search(self, index: str, body: Json) -> Json:
        """The answer to a search; one of parts of the index only is an error."""
        found = self.call("POST", f"/{index}/_search", body, {"include_named_queries_score": "true"})
        return self._whole(found)

    def searches(self, index: str, bodies: Sequence[Json]) -> list[Json]:
        """The answers to several searches, in one request."""
        if not bodies:
            return []
        lines = "".join(f"{{}}\n{json.dumps(body)}\n" for body in bodies)
        found = self.call("POST", f"/{index}/_msearch", lines)["responses"]
        for one in found:
            if "error" in one:
                raise self.explained(one.get("status", 500), one["error"])
            self._whole(one)
        return list(found)

    def _whole(self, found: Json) -> Json:
        shards = found["_shards"]
        if shards["failed"]:
            reasons = [one.get("reason", {}) for one in shards.get("failures", ())]
            raise self.explained(500, {"root_cause": reasons})
        if found.get("timed_out"):
            raise self._unreadable("did not answer in time: ask for less, or try again")
        return found

    def error(self, error: exceptions.OpenSearchException) -> Exception:
        """What an error of the client means."""
        if isinstance(error, exceptions.SSLError):
            return self._unreadable(
                f"shows a certificate that is not trusted ({_short(error)}): set {CERTIFICATES} to the file of the "
                "authority that signed it"
            )
        if isinstance(error, exceptions.ConnectionTimeout):
            return self._unreadable(f"did not answer in {SECONDS} seconds: try again when it has less to do")
        if isinstance(error, exceptions.ConnectionError):
            return self._unreadable("cannot be reached: see that the address is right, and that it runs")
        if isinstance(error, exceptions.TransportError):
            info = error.info
            return self.explained(int(error.status_code), info.get("error", info) if isinstance(info, dict) else info)
        return self._unreadable(f"gave an answer that cannot be read ({type(error).__name__}): try again")

    def explained(self, status: int, reason: Any) -> Exception:
        """What an answer with this status and reason means."""
        where, said = self.location, str(reason)
        if any(mark in said for mark in _TOO_MUCH):
            return QueryError("This query asks for more words than the cluster takes.", advice="Write longer prefixes.")
        if status == 403 and ("block" in said or "write" in said):
            return IndexReadOnly(f"{where} cannot be written ({_told(reason)}): ask who runs it", where)
        if status == 404:
            return IndexMissing(
                f"There is no index at {where}: build one with: searchlib index --index {where} SEEDS", where
            )
        if status == 409:
            return IndexLocked(f"Another process has written {where}: run this again", where)
        return self._unreadable(
            f"wants to know who asks: set {USER} and {PASSWORD}, or have them in a netrc"
            if status == 401
            else f"does not allow this ({_told(reason)}): ask who runs it for the permission"
            if status == 403
            else f"is too busy, or not whole ({_told(reason)}): try again later"
            if status in _BUSY
            else f"did not do what it was asked for ({_told(reason)}): see its log"
        )

    def _unreadable(self, said: str) -> IndexUnreadable:
        return IndexUnreadable(f"{self.location} {said}", self.location)


def _is_name(name: str) -> bool:
    return re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,150}", name) is not None


def _credentials(host: str) -> tuple[str, str] | None:
    user, password = os.environ.get(USER, ""), os.environ.get(PASSWORD, "")
    if user:
        return user, password
    file = Path(os.environ.get("NETRC") or "~/.netrc").expanduser()
    try:
        known = netrc.netrc(file).hosts.get(host) if file.is_file() else None
    except (netrc.NetrcParseError, OSError) as error:
        raise SettingsError(f"{file} is no netrc that can be read ({type(error).__name__}): mend it") from None
    return (known[0], known[2]) if known else None


def _short(error: Exception) -> str:
    return str(error).split("(")[-1].strip(")'\" ")[:100]


def _told(reason: Any) -> str:
    """The innermost reason, in short."""
    if isinstance(reason, dict):
        causes = reason.get("root_cause") or [reason.get("caused_by") or reason]
        found = causes[0] if causes else reason
        reason = found.get("reason") or found.get("type") or reason.get("reason") if isinstance(found, dict) else found
    return " ".join(str(reason).split())[:200]
