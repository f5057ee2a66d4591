"""Two witnesses beside the demo: processes, keys and memories of their own, under var/witness-1 and -2.

Both must cosign (2 of 2). The supervisor starts one again that was killed; until it answers, readers keep the
checkpoint before, and everything else goes on.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.conf import settings

from apps.ledger.selectors import log_verifier
from pharmatrace.supervisor import Program
from pharmatrace.witness.keys import WitnessKeys, make_keys

COUNT = 2
HOST = "127.0.0.1"


class Witnesses:
    """They listen on ports after the site's. Names and keys stay from one start to the next."""

    def __init__(self, var: Path, *, after_port: int) -> None:
        self.var = var
        self.ports = {f"witness-{n}": free_port(after_port + 10 + n) for n in range(1, COUNT + 1)}

    def keys(self, name: str) -> WitnessKeys:
        return make_keys(self.var / name / "keys", f"{name}.demo.example")

    def make_policy(self) -> None:
        """Writes the policy file and puts it in force, here and in the programs started from here. The small
        Ed25519 cosignatures are asked for; the ML-DSA-44 lines would be 3 kB in every checkpoint."""
        lines = [
            f"witness {name} {self.keys(name).vkeys()[0]} http://{HOST}:{port}/"
            for name, port in self.ports.items()
        ]
        lines += [f"group both all {' '.join(self.ports)}", "quorum both", ""]
        path = self.var / "witness-policy.txt"
        path.write_text("\n".join(lines))
        os.environ["WITNESS_POLICY_FILE"] = settings.WITNESS_POLICY_FILE = str(path)

    def programs(self) -> Sequence[Program]:
        """Needs the open log: each is told its key."""
        vkey = log_verifier().vkey()
        return [
            Program(
                name,
                [
                    sys.executable, "-m", "pharmatrace.witness", "--host", HOST, "--port", str(port),
                    "--store", str(self.var / name / "witness.sqlite"),
                    "--keys", str(self.var / name / "keys"), "--log", vkey,
                ],
            )
            for name, port in self.ports.items()
        ]  # fmt: skip

    def poster(self) -> Iterator[str]:
        """What is said about them."""
        yield "Two witnesses cosign every checkpoint before it is published; the policy is 2 of 2:"
        for name, port in self.ports.items():
            yield f"  {name:<42} http://{HOST}:{port}/ ({self.var / name})"
        yield "  Kill one: it is started again, and until then the checkpoint before stays the published one."
        yield "  How they are doing: manage.py witnesses"


def free_port(wanted: int) -> int:
    """This port, or any other if it is taken."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except (OSError, OverflowError):
                continue
            return int(probe.getsockname()[1])
    raise OSError("no port is free")
