"""An EPCIS document in JSON-LD, written event by event in bounded memory."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import BinaryIO, Self

from pharmatrace.kernel.epcis.jsonld_writing import write_event_within, write_whole
from pharmatrace.kernel.epcis.model import Document, Event

_LEVELS = {"EPCISQueryDocument": 5}


class JsonWriter:
    """Writes the document `around`, with the events given one by one, to `target`: what
    `files.write_file` makes of the whole document. A context manager; nothing is in `target` before its
    end, because the prefixes of all events are declared at the beginning (a file without name keeps
    them until then)."""

    def __init__(self, target: BinaryIO, around: Document, *, created_at: datetime) -> None:
        self._target = target
        self._around = around
        self._created_at = created_at
        self._known = dict(around.namespaces)
        self._known.setdefault("cbvmda", "urn:epcglobal:cbv:mda:")
        self._indent = "\n" + "  " * _LEVELS.get(around.kind, 3)

    def __enter__(self) -> Self:
        self._events = tempfile.TemporaryFile()
        return self

    def write(self, event: Event) -> None:
        """Writes one event."""
        obj = write_event_within(event, self._known)
        text = json.dumps(obj, ensure_ascii=False, indent=2).replace("\n", self._indent)
        self._events.write(("," if self._events.tell() else "").encode())
        self._events.write(f"{self._indent}{text}".encode())

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._events:
            if kind is None:
                self._finish()

    def _finish(self) -> None:
        around = replace(self._around, namespaces=self._known)
        frame = json.dumps(write_whole(around, self._created_at), ensure_ascii=False, indent=2)
        # The list of events is the last thing in a document.
        head, _, tail = frame.rpartition("[]")
        if not self._events.tell():
            self._target.write(f"{frame}\n".encode())
            return
        self._target.write(f"{head}[".encode())
        self._events.seek(0)
        shutil.copyfileobj(self._events, self._target)
        self._target.write(f"{self._indent[:-2]}]{tail}\n".encode())
