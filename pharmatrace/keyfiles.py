"""Secrets: from the environment, or from a file only its owner can read."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path


class MissingSecret(Exception):
    """A secret the installation needs is nowhere to be found; the sentence says where it was looked for."""


def read_or_make(path: Path, make: Callable[[], str]) -> str:
    """The text in `path`; when there is no such file, what `make` returns, stored there with mode 0600.

    Several processes may start at once: the file appears complete or not at all, and all read the same.
    """
    with contextlib.suppress(FileNotFoundError):
        return path.read_text().strip()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=path.parent)  # mkstemp makes files with mode 0600
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(make() + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)  # unlike rename, link never replaces what another process made
    finally:
        Path(draft).unlink()
    return path.read_text().strip()


def find(
    name: str, *, environ: Mapping[str, str], default: Path, make: Callable[[], str] | None
) -> str:
    """The secret `name`: the variable NAME, else the file NAME_FILE, else the file `default`.

    `make` creates the default file when it is missing; None means that this is not allowed here.
    Raises MissingSecret with a sentence that says what to set.
    """
    if environ.get(name):
        return environ[name]
    given = environ.get(f"{name}_FILE")
    path = Path(given) if given else default
    if not given and make is not None:
        return read_or_make(path, make)
    try:
        return path.read_text().strip()
    except OSError as error:
        raise MissingSecret(
            f"{name} is not set. Give it in the environment, or in a file named by {name}_FILE"
            f" (looked at {path}: {error.strerror})."
        ) from error
