"""The addresses at which a cluster is reached, and what is shown there.

A location is ``https://host:port/name``, or ``https://host:port,host:port/name`` of a cluster that is reached at
several addresses: whichever answers is asked. Credentials are those of ``SEARCHLIB_OPENSEARCH_USER`` and
``SEARCHLIB_OPENSEARCH_PASSWORD``, or of the netrc for the host that is asked. They are in no location, so they are in
no message, index or citation.
"""

from __future__ import annotations

import netrc
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from searchlib.errors import SettingsError
from searchlib.frozen import frozen

USER, PASSWORD, CERTIFICATES, TIMEOUT = (
    f"SEARCHLIB_OPENSEARCH_{name}" for name in ("USER", "PASSWORD", "CA", "TIMEOUT")
)
_NAME = r"[a-z0-9][a-z0-9_-]{0,150}"


@frozen
class Address:
    """Where a node, or what stands before some, is reached."""

    scheme: str
    host: str
    port: int

    def options(self) -> dict[str, Any]:
        """The address for the client, with who asks there."""
        who = _credentials(self.host)
        return {"host": self.host, "port": self.port, "scheme": self.scheme} | ({"http_auth": who} if who else {})


@frozen
class ClusterPlace:
    """An index of a cluster, by its name there, and the addresses of the cluster."""

    name: str
    addresses: tuple[Address, ...]


def place_of(location: str) -> ClusterPlace:
    """What a location says. Raises SettingsError if it says too little, or a password."""
    scheme, _, rest = location.partition("://")
    hosts, _, path = rest.partition("/")
    if "@" in rest:
        raise SettingsError(
            f"an address has no password in it: take it out and set {USER} and {PASSWORD}, or have it in a netrc"
        )
    name = path.strip("/")
    found = [_address(scheme.lower(), host) for host in hosts.split(",")]
    addresses = tuple(dict.fromkeys(one for one in found if one is not None))
    if None in found or re.fullmatch(_NAME, name) is None:
        raise SettingsError(
            f"{location} names no index: give it as https://HOST:PORT/NAME, or https://HOST:PORT,HOST:PORT/NAME of a "
            "cluster with several addresses, where NAME is of lower case letters, digits, - and _"
        )
    return ClusterPlace(name, addresses)


def _address(scheme: str, host: str) -> Address | None:
    try:
        parts = urlsplit(f"{scheme}://{host}")
        port = parts.port or (443 if scheme == "https" else 80)
    except ValueError:
        return None
    return Address(scheme, parts.hostname, port) if parts.hostname and parts.netloc == host else None


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
