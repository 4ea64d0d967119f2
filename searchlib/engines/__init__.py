"""Engines: what keeps records and answers queries, behind the seam of ``searchlib.engine``."""
