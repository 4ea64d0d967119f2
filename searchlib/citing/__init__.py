"""Citations: made from a paragraph, written down, found again in any file, and checked against the text."""

from searchlib.citing.citation import NEIGHBOURS, Citation, cite

__all__ = ["NEIGHBOURS", "Citation", "cite"]
