"""The web: a page to search with, and the verbs of the Python API over HTTP.

`app` makes an ASGI application of open indexes; ``searchlib serve`` runs it. docs/serving.md is about both.
"""

from searchlib.web.application import app
from searchlib.web.serveoptions import ServeOptions

__all__ = ["ServeOptions", "app"]
