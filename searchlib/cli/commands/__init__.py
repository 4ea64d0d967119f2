"""The commands: a module each, whose ``command`` `searchlib.cli.main` imports when it is asked for."""
