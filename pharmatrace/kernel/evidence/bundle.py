"""The evidence bundle: one self-contained JSON file, described in docs/formats.md.

`read_bundle` accepts exactly the fields of the format, each in its one spelling; `write_bundle`
writes it. Nothing is verified by reading: that is `verdict`.
"""

from __future__ import annotations

from pharmatrace.kernel.evidence.anchor_forms import (
    Anchor,
    EvmAnchor,
    EvmRecord,
    JournalAnchor,
    OpenTimestampsAnchor,
    TimeStampAnchor,
)
from pharmatrace.kernel.evidence.bundle_reading import BundleError, NotABundle, read_bundle
from pharmatrace.kernel.evidence.bundle_writing import FORMAT, MEDIA_TYPE, write_bundle
from pharmatrace.kernel.evidence.fact_paths import Step
from pharmatrace.kernel.evidence.shown import (
    Bundle,
    Disclosure,
    ErasedFact,
    Erasure,
    EventEvidence,
    HiddenStatement,
    KeyEvidence,
    LogIdentity,
    Shard,
    ShownFact,
    ShownStatement,
)

__all__ = [
    "FORMAT",
    "MEDIA_TYPE",
    "Anchor",
    "Bundle",
    "BundleError",
    "Disclosure",
    "ErasedFact",
    "Erasure",
    "EventEvidence",
    "EvmAnchor",
    "EvmRecord",
    "HiddenStatement",
    "JournalAnchor",
    "KeyEvidence",
    "LogIdentity",
    "NotABundle",
    "OpenTimestampsAnchor",
    "Shard",
    "ShownFact",
    "ShownStatement",
    "Step",
    "TimeStampAnchor",
    "read_bundle",
    "write_bundle",
]
