"""Translations without tools: a reader of `.po` files, a writer of the `.mo` that Python reads, and of the words that our
browser modules read. GNU gettext need not be installed anywhere; the compiled files are committed beside their source, and
a test keeps them the same.
"""

from __future__ import annotations
