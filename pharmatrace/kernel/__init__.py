"""Formats and mathematics: no Django, no database, no clock, no network.

The same code runs on the server, in a test, and offline from a downloaded evidence bundle.
"""
