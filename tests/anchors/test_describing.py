"""`log.json` names the anchors by what a reader knows them by, and no secret."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.x509 import load_pem_x509_certificates
from django.test import Client
from django.utils import timezone

from apps.anchors.models import Anchor
from apps.ledger.models import Checkpoint
from apps.ledger.services import open_log
from tests.anchors.openssl_tsa import OpensslTsa

pytestmark = pytest.mark.django_db


def told() -> list[dict[str, Any]]:
    return list(json.loads(Client().get("/log/log.json").content)["anchors"])


def test_nothing_is_configured(settings: Any) -> None:
    settings.ANCHOR_RFC3161, settings.ANCHOR_OPENTIMESTAMPS, settings.ANCHOR_EVM_NODE = [], [], ""
    open_log(at=timezone.now())
    assert told() == []


def test_each_kind_is_named_and_no_address_of_a_node(settings: Any, tmp_path: Path) -> None:
    now = timezone.now()
    open_log(at=now)
    roots = OpensslTsa(tmp_path / "tsa").root
    settings.ANCHOR_RFC3161 = [f"https://tsa.example.org/tsr|{roots}|1.2.3.4"]
    settings.ANCHOR_OPENTIMESTAMPS = ["https://calendar.example.org/"]
    settings.ANCHOR_EVM_NODE = "https://node.example.org/secret-access-key"
    settings.ANCHOR_EVM_CHAIN_ID, settings.ANCHOR_EVM_CONTRACT = 5, "0x" + "AB" * 20
    (root,) = load_pem_x509_certificates(Path(roots).read_bytes())
    stamps, calendars, contract = told()
    assert stamps == {
        "kind": "rfc3161", "url": "https://tsa.example.org/tsr", "policy": "1.2.3.4",
        "roots_sha256": [root.fingerprint(hashes.SHA256()).hex()],
    }  # fmt: skip
    assert calendars == {
        "kind": "opentimestamps",
        "calendars": ["https://calendar.example.org"],
    }
    assert contract == {"kind": "evm", "chain_id": 5, "contract": "0x" + "ab" * 20}
    Anchor.objects.create(
        checkpoint=Checkpoint.objects.get(), backend="evm", target="", anchored_at=now + timedelta(1),
        receipt={"sender": "0x" + "cd" * 20},
    )  # fmt: skip
    assert told()[2]["sender"] == "0x" + "cd" * 20
    assert b"secret-access-key" not in Client().get("/log/log.json").content
