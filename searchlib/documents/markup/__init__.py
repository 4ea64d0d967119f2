"""Texts with marks in them: pages of the web, Markdown and its kin, XML, books, notebooks, subtitles."""
