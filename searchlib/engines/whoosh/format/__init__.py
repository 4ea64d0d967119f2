"""The format of a segment's files: columns and postings as arrays, mapped from disk. docs/index-format.md specifies it.

====================  ==================================================================
`segment`             reads a segment as arrays
`files`               writes one in bulk
`container`           a file: sections, and the checksums of what is touched
`packing`             numbers as streams of few bits; `unpacking` reads them
`postings`            the record of a term; `encoding` writes many, `bulk` reads many
`terms`               the dictionary of a field
`stored`              values by document; `storing` writes them
`columns`             a number of every document
`deletions`           which documents count no more
`vocabulary`          the words of the whole index
`access`              opening files that a stranger may have prepared
====================  ==================================================================

Nothing here knows of Whoosh, of records or of queries.
"""
