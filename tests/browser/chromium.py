"""Finds the Chromium the browser tests use; as a program, installs it where that is possible.

PHARMATRACE_CHROMIUM names one; otherwise the first of the usual names on the path.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = (
    "No Chromium here, so the browser tests cannot run. Install one (Debian: apt install chromium)"
    " or name it in PHARMATRACE_CHROMIUM."
)


def find() -> str | None:
    """The path of a Chromium, or None."""
    named = os.environ.get("PHARMATRACE_CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


def install() -> bool:
    """On Debian, as root or with a sudo that asks nothing, installs the package; True if it is there now."""
    apt, sudo = shutil.which("apt-get"), shutil.which("sudo")
    if not apt or (os.geteuid() and not sudo):
        return False
    command = [apt, "install", "--yes", "--no-install-recommends", "chromium"]
    if os.geteuid():
        command = [str(sudo), "--non-interactive", *command]
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with Path(os.devnull).open("wb") as nowhere:
        if subprocess.run(command, stdout=nowhere, env=environ).returncode:
            update = [*command[: command.index("install")], "update"]
            subprocess.run(update, stdout=nowhere, env=environ)
            subprocess.run(command, stdout=nowhere, env=environ)
    return find() is not None


if __name__ == "__main__":
    if not find():
        print("Looking for Chromium for the browser tests: not here; trying to install it …")
        if not install():
            sys.exit(ADVICE)
