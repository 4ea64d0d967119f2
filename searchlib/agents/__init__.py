"""Agents: the verbs of the Python API as tools of the Model Context Protocol, for models that search for somebody.

``searchlib mcp`` serves them on standard input and output, ``searchlib serve --mcp`` at ``/mcp``: docs/agents.md.
"""

from searchlib.agents.mounting import mcp_routes
from searchlib.agents.serving import mcp_server

__all__ = ["mcp_routes", "mcp_server"]
