"""The cluster at a location: its client, and what its errors mean.

Where there are several addresses (``nodeaddresses``) they are asked in turn, and the client leaves one that was not
reached alone for a minute, or longer the more often. ``SEARCHLIB_OPENSEARCH_CA`` is a file with the certificates that
are trusted, ``SEARCHLIB_OPENSEARCH_TIMEOUT`` how many seconds an answer is waited for.
"""

from __future__ import annotations

import json
import logging
import math
import os
import time
from collections.abc import Sequence
from typing import Any

from opensearchpy import OpenSearch, Urllib3HttpConnection, exceptions
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from searchlib.engines.opensearch.entryfields import MOST_CLAUSES
from searchlib.engines.opensearch.nodeaddresses import CERTIFICATES, PASSWORD, TIMEOUT, USER, place_of
from searchlib.errors import (
    IndexLocked,
    IndexMissing,
    IndexReadOnly,
    IndexUnreadable,
    QueryError,
    SettingsError,
)

SECONDS = 60
"""How long an answer is waited for, if nothing else is said."""
_TRIES, _LOST = 8, 3  # of what is busy; of what the connection was lost of
_GONE = (502, 503, 504)
_BUSY = (429, *_GONE)
_REPEATABLE = ("_search", "_msearch", "_mget", "_count", "_bulk", "_refresh", "_mapping", "_settings", "_forcemerge")
_FULL = ("flood-stage", "read-only-allow-delete")
_NODE_GONE = ("node_not_connected", "Node not connected", "node_disconnected", "node_closed")
_ADDRESS = "searchlib_address"
_WHOLE = {"allow_partial_search_results": False}
_TOO_MUCH = ("too_many", "too many terms", "max_nested_depth", "maxClause")

Json = dict[str, Any]

logging.getLogger("opensearch").addHandler(logging.NullHandler())  # or what it warns of goes to stderr unasked


class _Connection(Urllib3HttpConnection):
    """A connection whose errors know its address."""

    def perform_request(self, *given: Any, **named: Any) -> Any:
        try:
            return super().perform_request(*given, **named)
        except exceptions.TransportError as error:
            vars(error)[_ADDRESS] = self.host
            raise


def _failed(error: exceptions.TransportError) -> str:
    return str(vars(error).get(_ADDRESS, ""))


class NoRoom(IndexUnreadable):
    """A request that was refused as the cluster is too busy for it, or takes none of its size."""


class Cluster:
    """The client for an index, safe to share between threads; each call is a request, sent again while it is busy."""

    def __init__(self, location: str) -> None:
        place = place_of(location)
        self.name = place.name
        self.location = location
        self._addresses = len(place.addresses)
        self.client = OpenSearch(
            hosts=[address.options() for address in place.addresses],
            connection_class=_Connection,
            ca_certs=os.environ.get(CERTIFICATES) or None,
            timeout=(seconds := _seconds()),
            max_retries=0,
            retry_on_timeout=True,  # which leaves such an address alone, as there are no retries
            http_compress=False,
        )
        self._seconds = seconds

    def call(self, method: str, path: str, body: Any = None, params: Json | None = None, tries: int = _TRIES) -> Any:
        """What the cluster answers; where it is busy, it is asked again after a while.

        So it is where the connection is lost, as with a node that ends, if it does no harm that it was asked before:
        another one, where there are several addresses.
        """
        pause, busy, lost = 0.1, 0, 0
        while True:
            try:
                return self.client.transport.perform_request(method, path, params=params, body=body)
            except exceptions.TransportError as error:
                if _is_lost(error):
                    lost += 1
                    again = lost <= max(_LOST, self._addresses) and (_is_unsent(error) or _is_repeatable(method, path))
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
            return self._unreadable(self._unreached(error), self._where(error))
        if isinstance(error, exceptions.TransportError):
            info = error.info
            reason = info.get("error", info) if isinstance(info, dict) else info
            return self.explained(int(error.status_code), reason, self._where(error))
        return self._unreadable(f"gave an answer that cannot be read ({type(error).__name__}): try again")

    def _where(self, error: exceptions.TransportError) -> str:
        """The location; of several addresses, the one that failed."""
        return f"{_failed(error)} of {self.location}" if self._addresses > 1 and _failed(error) else self.location

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

    def explained(self, status: int, reason: Any, address: str = "") -> Exception:
        """What an answer with this status and reason means; ``address`` is where it came from, if that is known."""
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
        of_node = status in (401, 403, *_GONE) and address
        return kind(f"{of_node or where} {means}", where)

    def _unreadable(self, said: str, where: str = "") -> IndexUnreadable:
        return IndexUnreadable(f"{where or self.location} {said}", self.location)


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


def _is_unsent(error: exceptions.TransportError) -> bool:
    """Whether nothing was sent, as nobody was there."""
    return isinstance(error.info, (NewConnectionError, ConnectTimeoutError))


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


def _short(error: Exception) -> str:
    return str(error).split("(")[-1].strip(")'\" ")[:100]


def _told(reason: Any) -> str:
    """The innermost reason, in short."""
    if isinstance(reason, dict):
        causes = reason.get("root_cause") or [reason.get("caused_by") or reason]
        found = causes[0] if causes else reason
        reason = found.get("reason") or found.get("type") or reason.get("reason") if isinstance(found, dict) else found
    return " ".join(str(reason).split())[:200]
