"""What only Whoosh's own tools need: it makes an index of searchlib a Whoosh index, too.

====================  ==================================================================
`toc`                 Whoosh's table of contents, and opening an index for Whoosh
`schema`              a record's fields for Whoosh, of the types in `fieldtypes`
`codec`               makes Whoosh read and write the files of ``format``
`reading`             terms, cursors, and what is kept by document, with `column_types`
`matchers`            the matcher of a term; `walked` is what it walks
`codecwriters`        what Whoosh's writer hands over, posting by posting
`postingformats`      Whoosh's posting formats without their pickles
`tails`, `valuebytes` what Whoosh's writer may keep and searchlib's own never writes,
                      with `streams` and `vectors`
`storage`             Whoosh's storages, and compound segments
`translation`         queries of Whoosh's classes as trees of searchlib's own
====================  ==================================================================

Whoosh names classes and functions in its TOC by their modules, so these names are part of the index format.
"""
