"""All readers by name."""

from __future__ import annotations

from tests.fuzz.command_readers import COMMAND_READERS
from tests.fuzz.epcis_readers import EPCIS_READERS
from tests.fuzz.evidence_readers import EVIDENCE_READERS
from tests.fuzz.gs1_readers import GS1_READERS
from tests.fuzz.reader import Reader

READERS: dict[str, Reader] = {
    one.name: one for one in (*GS1_READERS, *EPCIS_READERS, *EVIDENCE_READERS, *COMMAND_READERS)
}
