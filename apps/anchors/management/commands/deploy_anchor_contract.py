"""`manage.py deploy_anchor_contract`: puts our contract on the chain of ANCHOR_EVM_NODE, paid by the key."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.anchors.evm.account import NoKey, read_key


class Command(BaseCommand):
    help = (
        "Deploys the contract that keeps growing sizes per sender and origin, and prints the settings for it."
        " One contract serves any number of logs: an installation may as well use one that is there."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--wait", type=int, default=300, help="seconds to wait for a block")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.ANCHOR_EVM_NODE or not settings.ANCHOR_EVM_KEY_FILE:
            raise CommandError("Set ANCHOR_EVM_NODE and ANCHOR_EVM_KEY_FILE first.")
        try:
            from apps.anchors.evm.node import NodeFault, address_of, deploy
        except ImportError:
            raise CommandError("web3 is missing: pip install -r requirements/evm.txt") from None
        try:
            key = read_key()
            chain_id, address = deploy(settings.ANCHOR_EVM_NODE, key, wait=options["wait"])
        except (NodeFault, NoKey) as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(f"ANCHOR_EVM_CHAIN_ID={chain_id}")
        self.stdout.write(f"ANCHOR_EVM_CONTRACT={address}")
        self.stdout.write(f"The log's address, for readers to pin: {address_of(key)}")
