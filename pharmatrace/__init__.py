"""PharmaTrace: serialized medicine packs, followed from the line to the patient, provably."""

from __future__ import annotations
