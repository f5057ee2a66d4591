"""sign: event facts → signed statement (DESIGN §4). Touches no database."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.parties.signing import Signer
from pharmatrace.kernel.evidence import facts as fact_tree
from pharmatrace.kernel.evidence import statement

PackageFact = tuple[str, int, bytes | None]
"""(epc as canonical URI, sequence number, leaf hash of the package's previous fact or None)."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to state. `facts` are (name, value) in order, before the package facts."""

    type: statement.EntryType
    signer: Signer
    iss: str
    subject: str
    facts: tuple[tuple[str, Any], ...]
    packages: Sequence[PackageFact] = ()


@dataclass(frozen=True, slots=True)
class Signed:
    """A statement ready to be appended. `facts` is CBOR; `leaves` are the hashes of all facts in order."""

    type: statement.EntryType
    kid: bytes
    subject: str
    facts: bytes
    packages: Sequence[PackageFact]
    secret: bytes
    leaves: Sequence[bytes]
    cose: bytes
    commitment: bytes
    entry: bytes
    signed_at: datetime

    @property
    def package_leaves(self) -> Sequence[bytes]:
        """Leaf hashes of the package facts, in the order of `packages`: the packages' new heads."""
        return self.leaves[len(self.leaves) - len(self.packages) :]


def sign(draft: Draft, *, at: datetime) -> Signed:
    """Salts, hashes and signs the facts. Every call draws a new secret, so no two results are equal."""
    secret = os.urandom(32)
    leaves = fact_tree.fact_leaves(secret=secret, facts=draft.facts, packages=draft.packages)
    root = fact_tree.facts_root(leaves)
    cose = statement.sign_statement(
        key=draft.signer,
        kid=draft.signer.kid,
        iss=draft.iss,
        sub=draft.subject,
        iat=int(at.timestamp()),
        facts_root=root,
    )
    digest = statement.signature_digest(statement.signature_salt(secret), cose)
    commitment = statement.commitment(facts_root=root, signature_digest=digest)
    return Signed(
        type=draft.type,
        kid=draft.signer.kid,
        subject=draft.subject,
        facts=fact_tree.encode_facts(draft.facts),
        packages=draft.packages,
        secret=secret,
        leaves=leaves,
        cose=cose,
        commitment=commitment,
        entry=statement.entry(draft.type, commitment),
        signed_at=at,
    )
