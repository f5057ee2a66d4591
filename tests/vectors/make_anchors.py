"""Makes anchors.json and time-stamp.tsr beside it: `python -m tests.vectors.make_anchors`. Tokens and their root are new
each time (openssl draws keys), everything else is the same. Then `make.py` makes the bundle with the time stamp."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from pharmatrace.kernel.evidence.anchor_evm import ANCHORED
from pharmatrace.kernel.evidence.anchor_forms import EvmRecord
from pharmatrace.kernel.evidence.anchor_stamped import stamped
from pharmatrace.kernel.tlog.base64text import to_base64
from pharmatrace.kernel.tlog.checkpoint import Checkpoint
from pharmatrace.kernel.tlog.note import Signer, sign_note
from tests.anchors.calendar_server import header
from tests.anchors.openssl_tsa import OpensslTsa
from tests.vectors.anchored import TIME_STAMP
from tests.vectors.log import make_log

HEIGHT, MINED_AT = 900_000, 1_800_000_000
OTS_MAGIC = b"\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94"


def _stamped_in_bundle() -> bytes:
    whole = make_log()
    return stamped(whole.checkpoint(len(whole.entries)), whole.signer.verifier)


def main() -> None:
    log = Signer.from_seed("pharmatrace.example/anchored", sha256(b"anchored log").digest())
    other = Signer.from_seed("witness.example", sha256(b"witness").digest())
    head = Checkpoint(log.name, 42, sha256(b"root").digest())
    note = sign_note(head.text(), [log, other])
    over = stamped(note, log.verifier)
    digest = sha256(over).digest()
    attestation = b"\x00" + bytes.fromhex("0588960d73d71901") + b"\x03" + b"\xa0\xf7\x36"
    # append, SHA-256, attested by block 900000
    ots = OTS_MAGIC + b"\x01\x08" + digest + b"\xf0\x05nonce\x08" + attestation
    merkle_root = sha256(digest + b"nonce").digest()
    record = EvmRecord(5, "0x" + "a" * 40, "0x" + "b" * 40, "0x" + "c" * 64, 77, "0x" + "d" * 64, 3)
    with tempfile.TemporaryDirectory() as folder:
        tsa = OpensslTsa(Path(folder) / "ca")
        token, root = tsa.stamp(over), tsa.root.read_text()
        TIME_STAMP.write_bytes(tsa.stamp(_stamped_in_bundle()))
    vectors = {
        "log_vkey": log.verifier.vkey(),
        "note": note,
        "stamped": to_base64(over),
        "token": to_base64(token),
        "tsa_root": root,
        "ots": to_base64(ots),
        "bitcoin_header": f"{HEIGHT}:{header(merkle_root, MINED_AT).hex()}",
        "evm_record": asdict(record),
        "evm_receipt": {
            "transactionHash": record.transaction, "status": "0x1",
            "blockHash": record.block_hash, "blockNumber": hex(record.block),
            "logs": [{
                "logIndex": hex(record.log_index), "address": record.contract,
                "topics": [ANCHORED, f"0x{record.sender[2:]:0>64}", f"0x{sha256(log.name.encode()).hexdigest()}"],
                "data": f"0x{head.size:064x}{head.root.hex()}",
            }],
        },
    }  # fmt: skip
    file = Path(__file__).with_name("anchors.json")
    file.write_text(json.dumps(vectors, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
