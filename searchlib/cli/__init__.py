"""The command line: ``searchlib index``, ``query``, ``show``, ``verify``, ``stats``, ``completion``.

`main` has the program and what becomes of errors; each command has a module of its own, imported when it is called
for; `flags` are those that several share; `obtaining` opens or builds the index; `output` decides on colour and width;
`listing` lays out hits. Only this package imports click.
"""
