"""What a reader gives on the command line to hold anchors against."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.x509 import load_pem_x509_certificates

from pharmatrace.kernel.evidence.anchor_opentimestamps import read_header
from pharmatrace.kernel.evidence.anchor_stamped import AnchorError
from pharmatrace.kernel.evidence.anchor_trust import AnchorTrust


def add_anchor_arguments(parser: argparse.ArgumentParser) -> None:
    several = {"action": "append", "default": []}
    parser.add_argument(
        "--tsa-root", metavar="FILE", type=Path, **several,  # type: ignore[arg-type]
        help="root certificates (PEM) that you trust time-stamp authorities under",
    )  # fmt: skip
    parser.add_argument(
        "--bitcoin-header", metavar="HEIGHT:HEX|FILE", **several,  # type: ignore[arg-type]
        help="a Bitcoin block header (80 bytes) from a node of yours, or a file with one on each line",
    )  # fmt: skip
    parser.add_argument(
        "--evm-receipt", metavar="FILE", type=Path, **several,  # type: ignore[arg-type]
        help="your node's answer to eth_getTransactionReceipt (JSON)",
    )  # fmt: skip
    parser.add_argument(
        "--evm-sender", metavar="ADDRESS", **several,  # type: ignore[arg-type]
        help="an address that you know to be the log's",
    )  # fmt: skip


def anchor_trust(arguments: argparse.Namespace) -> AnchorTrust:
    """Raises OSError, and ValueError for what is not of its kind."""
    roots = [
        one for file in arguments.tsa_root for one in load_pem_x509_certificates(file.read_bytes())
    ]
    headers = dict(header for given in arguments.bitcoin_header for header in _headers(given))
    receipts = [_receipt(file) for file in arguments.evm_receipt]
    return AnchorTrust(
        tsa_roots=tuple(roots),
        bitcoin_headers=headers,
        evm_receipts={str(one["transactionHash"]).lower(): one for one in receipts},
        evm_senders=frozenset(address.lower() for address in arguments.evm_sender),
    )


def _headers(given: str) -> Iterator[tuple[int, bytes]]:
    lines = [given] if ":" in given else Path(given).read_text().split("\n")
    for line in filter(None, map(str.strip, lines)):
        height, _, header = line.partition(":")
        try:
            block = read_header(int(height), bytes.fromhex(header))
        except (ValueError, AnchorError) as fault:
            raise ValueError(f"{line[:40]!r} is no HEIGHT:HEX of a block header: {fault}") from None
        yield block.height, bytes.fromhex(header)


def _receipt(file: Path) -> dict[str, Any]:
    """The receipt itself, or the whole answer of a node."""
    told = json.loads(file.read_bytes())
    if isinstance(told, dict) and isinstance(told.get("result"), dict):
        told = told["result"]
    if not isinstance(told, dict) or "transactionHash" not in told:
        raise ValueError(f"{file} is no answer to eth_getTransactionReceipt")
    return told
