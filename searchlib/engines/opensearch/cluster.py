"""The cluster at a location: its client, who one is there, and what its errors mean.

Credentials are those of ``SEARCHLIB_OPENSEARCH_USER`` and ``SEARCHLIB_OPENSEARCH_PASSWORD``, or of the netrc for the
host. They are in no location, so they are in no message, index or citation. ``SEARCHLIB_OPENSEARCH_CA`` is a file with
the certificates that are trusted, ``SEARCHLIB_OPENSEARCH_TIMEOUT`` how many seconds an answer is waited for.
"""

from __future__ import annotations

import json
import logging
import math
import netrc
import os
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from opensearchpy import OpenSearch, exceptions

from searchlib.engines.opensearch.entryfields import MOST_CLAUSES
from searchlib.errors import (
    IndexLocked,
    IndexMissing,
    IndexReadOnly,
    IndexUnreadable,
    QueryError,
    SettingsError,
)

USER, PASSWORD, CERTIFICATES, TIMEOUT = (
    f"SEARCHLIB_OPENSEARCH_{name}" for name in ("USER", "PASSWORD", "CA", "TIMEOUT")
)
SECONDS = 60
"""How long an answer is waited for, if nothing else is said."""
_TRIES, _LOST = 8, 3  # of what is busy; of what the connection was lost of
_GONE = (502, 503, 504)
_BUSY = (429, *_GONE)
_REPEATABLE = ("_search", "_msearch", "_mget", "_count", "_bulk", "_refresh", "_mapping", "_settings")
_FULL = ("flood-stage", "read-only-allow-delete")
_NODE_GONE = ("node_not_connected", "Node not connected", "node_disconnected", "node_closed")
_WHOLE = {"allow_partial_search_results": False}
_TOO_MUCH = ("too_many", "too many terms", "max_nested_depth", "maxClause")

Json = dict[str, Any]

logging.getLogger("opensearch").addHandler(logging.NullHandler())  # or what it warns of goes to stderr unasked


class NoRoom(IndexUnreadable):
    """A request that was refused as the cluster is too busy for it, or takes none of its size."""


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
            timeout=(seconds := _seconds()),
            max_retries=0,
            http_compress=False,
        )
        self._seconds = seconds

    def call(self, method: str, path: str, body: Any = None, params: Json | None = None, tries: int = _TRIES) -> Any:
        """What the cluster answers; where it is busy, it is asked again after a while.

        So it is where the connection is lost, as with a node that ends, if it does no harm that it was asked before.
        """
        pause, busy, lost = 0.1, 0, 0
        while True:
            try:
                return self.client.transport.perform_request(method, path, params=params, body=body)
            except exceptions.TransportError as error:
                if _is_lost(error):
                    lost += 1
                    again = lost <= _LOST and _is_repeatable(method, path)
                else:
                    busy += 1
                    again = busy < tries and _is_busy(error)
                if not again:
                    raise self.error(error) from None
            except exceptions.OpenSearchException as error:
                raise self.error(error) from None
            time.sleep(pause)
            pause = min(pause * 2, 5)

    def search(self, index: str, body: Json) -> Json:
        """The answer to a search; one of parts of the index only is an error."""
        params = {"include_named_queries_score": "true", "allow_partial_search_results": "false"}
        found = self.call("POST", f"/{index}/_search", body, params)
        return self._whole(found)

    def searches(self, index: str, bodies: Sequence[Json]) -> list[Json]:
        """The answers to several searches, in one request; where a node has just gone, it is asked again."""
        if not bodies:
            return []
        lines = "".join(f"{json.dumps(_WHOLE)}\n{json.dumps(body)}\n" for body in bodies)
        pause = 0.1
        for left in reversed(range(_TRIES)):
            found: list[Json] = self.call("POST", f"/{index}/_msearch", lines)["responses"]
            failed = next((one for one in found if "error" in one), None)
            if failed is None:
                return list(map(self._whole, found))
            status, reason = failed.get("status", 500), failed["error"]
            if not left or not _is_passing(status, reason):
                raise self.explained(status, reason)
            time.sleep(pause)
            pause = min(pause * 2, 5)
        raise AssertionError("a loop without an end")

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
        if isinstance(error, exceptions.ConnectionError):
            return self._unreadable(self._unreached(error))
        if isinstance(error, exceptions.TransportError):
            info = error.info
            return self.explained(int(error.status_code), info.get("error", info) if isinstance(info, dict) else info)
        return self._unreadable(f"gave an answer that cannot be read ({type(error).__name__}): try again")

    def _unreached(self, error: exceptions.ConnectionError) -> str:
        if isinstance(error, exceptions.SSLError):
            return (
                f"shows a certificate that is not trusted ({_short(error)}): set {CERTIFICATES} to the file of the "
                "authority that signed it"
            )
        if isinstance(error, exceptions.ConnectionTimeout):
            waited = f"did not answer in {self._seconds:g} seconds"
            return f"{waited}: try again when it has less to do, or set {TIMEOUT} to more"
        return "cannot be reached: see that the address is right, and that it runs"

    def explained(self, status: int, reason: Any) -> Exception:
        """What an answer with this status and reason means."""
        where, said, told = self.location, str(reason), _told(reason)
        if any(mark in said for mark in _TOO_MUCH):
            return too_many("more, with all the terms that its patterns stand for")
        if any(mark in said for mark in _FULL):
            return IndexReadOnly(f"{where} has a disk that is full ({told}): make room there", where)
        if "create-index blocked" in said:  # as where no node has a disk with room
            return IndexReadOnly(f"{where} takes no new index ({told}): see that its disks have room", where)
        if status == 403 and ("block" in said or "write" in said):
            return IndexReadOnly(f"{where} cannot be written ({told}): ask who runs it", where)
        if status not in _BUSY and _is_passing(status, reason):
            status = _GONE[0]
        kind, means = {
            401: (IndexUnreadable, f"wants to know who asks: set {USER} and {PASSWORD}, or have them in a netrc"),
            403: (IndexUnreadable, f"does not allow this ({told}): ask who runs it for the permission"),
            404: (IndexMissing, f"has no index: build one with: searchlib index --index {where} SEEDS"),
            409: (IndexLocked, "was written by another process: run this again"),
            413: (NoRoom, f"has no room for what is sent ({told}): try again later"),
            429: (NoRoom, f"has no room for what is sent ({told}): try again later"),
            **dict.fromkeys(_GONE, (IndexUnreadable, f"is too busy, or not whole ({told}): try again later")),
        }.get(status, (IndexUnreadable, f"did not do what it was asked for ({told}): see its log"))
        return kind(f"{where} {means}", where)

    def _unreadable(self, said: str) -> IndexUnreadable:
        return IndexUnreadable(f"{self.location} {said}", self.location)


def too_many(has: str) -> QueryError:
    """What is said of a query with more clauses than a cluster takes."""
    return QueryError(
        f"The query asks for too much: a cluster takes {MOST_CLAUSES:,} clauses, and it has {has}.",
        advice="Ask for less: with fewer words, longer prefixes or shorter phrases.",
    )


def _is_lost(error: exceptions.TransportError) -> bool:
    """Whether the connection was lost, or there was none."""
    unlike = (exceptions.SSLError, exceptions.ConnectionTimeout)
    return isinstance(error, exceptions.ConnectionError) and not isinstance(error, unlike)


def _is_repeatable(method: str, path: str) -> bool:
    return method == "GET" or path.endswith(_REPEATABLE)


def _is_busy(error: exceptions.TransportError) -> bool:
    return _is_passing(error.status_code, error.info)


def _is_passing(status: Any, reason: Any) -> bool:
    """Whether it may be otherwise in a while."""
    said = str(reason)
    return (status in _BUSY or any(mark in said for mark in _NODE_GONE)) and not any(mark in said for mark in _FULL)


def _seconds() -> float:
    given = os.environ.get(TIMEOUT) or str(SECONDS)
    try:
        if 0 < float(given) < math.inf:
            return float(given)
    except ValueError:
        pass
    raise SettingsError(f"{TIMEOUT} is {given!r}: give a number of seconds above 0")


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
