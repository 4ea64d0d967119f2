"""Rendering: the one place where ranges become markup, and text is made safe to show."""

from searchlib.guards.cleaning import clean
from searchlib.render.markup import FORMATS, Format, as_dicts, render

__all__ = ["FORMATS", "Format", "as_dicts", "clean", "render"]
