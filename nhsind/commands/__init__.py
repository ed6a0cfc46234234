"""The commands: arguments in, tables and messages out. Each asks a function of `nhsind.api`.

What takes time to import is imported when a command runs, so that help is there at once.
"""
