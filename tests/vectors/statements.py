"""What facts and statements are, byte for byte."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from pharmatrace.kernel.evidence import statement as st
from pharmatrace.kernel.evidence.facts import encode_fact, fact_leaves, facts_root, salt
from tests.vectors.log import CASE, MIA, PACK, START, key, kid, public, seed


def facts_vector() -> dict[str, Any]:
    secret = seed("facts")
    facts = [
        ("event", "ni:///sha-256;00?ver=CBV2.0"),
        ("count", 23),
        ("kid", b"\x00\xff"),
        ("none", None),
    ]
    facts += [
        ("big", 1 << 32),
        ("below", -1),
        ("yes", True),
        ("list", ["a", 24, [b""]]),
        ("é", "Zürich"),
    ]
    packages = [(PACK, 0, None), (CASE, 300, bytes(range(32)))]
    leaves = fact_leaves(secret=secret, facts=facts, packages=packages)
    stated = [*facts, *(("package", list(item)) for item in packages)]
    encoded = [encode_fact(salt(secret, at), *fact).hex() for at, fact in enumerate(stated)]
    return {
        "secret": secret.hex(),
        "salts": [salt(secret, at).hex() for at in range(len(stated))],
        "facts": encoded,
        "leaves": [leaf.hex() for leaf in leaves],
        "facts_root": facts_root(leaves).hex(),
    }


def statement_vector() -> dict[str, Any]:
    secret, root = seed("statement"), sha256(b"facts").digest()
    claims = {"iss": MIA, "sub": "ni:///sha-256;00?ver=CBV2.0", "iat": START}
    cose = st.sign_statement(key=key("mia"), kid=kid("mia"), facts_root=root, **claims)
    digest = st.signature_digest(st.signature_salt(secret), cose)
    commitment = st.commitment(facts_root=root, signature_digest=digest)
    return {
        "seed": seed("mia").hex(),
        "public_key": public("mia").hex(),
        "kid": kid("mia").hex(),
        **claims,
        "facts_root": root.hex(),
        "cose": cose.hex(),
        "secret": secret.hex(),
        "signature_salt": st.signature_salt(secret).hex(),
        "signature_digest": digest.hex(),
        "commitment": commitment.hex(),
        "entry": st.entry(st.EntryType.CUSTODY, commitment).hex(),
    }
