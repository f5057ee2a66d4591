"""A private installation for one run, on the disk where `var/` is, gone afterwards."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from django.conf import settings

_MARK = "PHARMATRACE_BENCH"


def run_again_privately() -> None:
    """Starts this command again with an empty installation of its own; returns where that is so already.

    Settings name the database when they are read, so there is no other moment to choose it.
    """
    if os.environ.get(_MARK) == str(settings.VAR_DIR):
        return
    var = settings.VAR_DIR / f"bench-{os.getpid()}"
    for name in [
        name
        for name in os.environ
        if name.startswith(("DATABASE_", "CELERY_BROKER", "WITNESS_POLICY"))
    ]:
        del os.environ[name]
    os.environ |= {_MARK: str(var), "PHARMATRACE_VAR": str(var), "LOG_LEVEL": "WARNING"}
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606


def throw_away() -> None:
    """Removes what the run left. Only ever a folder this module named."""
    if os.environ.get(_MARK) != str(settings.VAR_DIR) or settings.EMBEDDED is None:
        raise RuntimeError(f"{settings.VAR_DIR} is not a folder of the bench")
    for folder in (settings.EMBEDDED.home, settings.EMBEDDED.sockets, settings.VAR_DIR):
        shutil.rmtree(Path(folder), ignore_errors=True)
