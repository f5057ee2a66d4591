"""The ground measurements stand on: the cast, their batches, tokens, and a web server when one is needed."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from apps.catalog.models import Batch
from apps.custody.services.capture import capture
from apps.ledger.models import Pending
from apps.ledger.services import seal
from apps.parties.models import Membership
from apps.parties.services import issue_token
from pharmatrace import leash
from pharmatrace.bench.speech import Say
from pharmatrace.demo.cast import CAST
from pharmatrace.demo.scale import FULL
from pharmatrace.demo.world import World, build
from pharmatrace.embedded import cluster
from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.custody.act import MOST_PACKAGES
from pharmatrace.kernel.epcis.model import Event
from pharmatrace.kernel.gs1.identifiers import Sgtin
from pharmatrace.launch import answers

EVENTS_AT_ONCE = 5  # of 2,000 packs, in one capture: what the commissioning job does


class Ground:
    """`scale` multiplies the size of every measurement; `packs` is how many verification is measured with."""

    def __init__(self, *, scale: float, packs: int, say: Say) -> None:
        self.scale = scale
        self.packs = packs
        self.say = say
        self.world: World = build(scale=FULL, password=secrets.token_hex(8), clock=timezone.now)
        self._serial = 0
        self._address: tuple[str, int] | None = None
        self._stack = contextlib.ExitStack()

    def close(self) -> None:
        self._stack.close()

    def size(self, count: int, *, least: int = 1) -> int:
        return max(least, int(count * self.scale))

    def now(self) -> datetime:
        return timezone.now()

    def batch(self, lot: str) -> Batch:
        return Batch.objects.select_related("product", "site").get(lot=lot)

    def new_packs(self, batch: Batch, count: int) -> list[str]:
        """URIs of packs that do not exist yet."""
        first, self._serial = self._serial, self._serial + count
        return [Sgtin(batch.product.gtin, f"B{n:011d}").uri for n in range(first, first + count)]

    def commission(self, batch: Batch, uris: Sequence[str]) -> None:
        """Brings packs to life, not measured."""
        step = EVENTS_AT_ONCE * MOST_PACKAGES
        maker = batch.product.manufacturer_id
        actor = next(a for a in self.world.actors.values() if a.organisation_id == maker)
        for start in range(0, len(uris), step):
            events = commissioning(batch, uris[start : start + step], at=self.now())
            capture(actor=actor, events=events, at=self.now()).raise_refused()

    def ship(self, uris: Sequence[str], *, sender: str, to: str) -> None:
        for number, start in enumerate(range(0, len(uris), MOST_PACKAGES)):
            event = acts.ship(
                uris[start : start + MOST_PACKAGES],
                sender_gln=CAST[sender].gln,
                consignee_gln=CAST[to].gln,
                reference=f"BENCH-{number}",
                site_gln=CAST[sender].site_gln,
                at=self.now(),
            )
            capture(actor=self.world.actors[sender], events=[event], at=self.now()).raise_refused()

    def receive(self, uris: Sequence[str], *, sender: str, to: str) -> None:
        for start in range(0, len(uris), MOST_PACKAGES):
            event = receiving(uris[start : start + MOST_PACKAGES], sender, to, at=self.now())
            capture(actor=self.world.actors[to], events=[event], at=self.now()).raise_refused()

    def seal_all(self) -> None:
        while Pending.objects.exists():
            seal(at=self.now())

    def analyze(self) -> None:
        """What autovacuum and the checkpointer would do in a few minutes; only the tables' owner may ask for it."""
        assert settings.EMBEDDED is not None
        connection = cluster.connect(
            settings.EMBEDDED, database=settings.DATABASES["default"]["NAME"]
        )
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("CHECKPOINT")

    def member(self, who: str) -> Membership:
        """Whoever leads an organisation; some have colleagues."""
        mine = Membership.objects.filter(organisation_id=self.world.actors[who].organisation_id)
        return mine.select_related("user").filter(role=Membership.Role.ADMIN).order_by("pk")[0]

    def token(self, who: str) -> str:
        member, now = self.member(who), self.now()
        _, text = issue_token(
            membership=member,
            name="bench",
            scopes=["capture", "read"],
            expires_at=now + timedelta(days=1),
            at=now,
        )
        return text

    def web(self) -> tuple[str, int]:
        """Host and port of gunicorn as `manage.py up` runs it, started at the first call."""
        if self._address is None:
            port = free_port()
            self._stack.enter_context(gunicorn(port))
            self._address = ("127.0.0.1", port)
        return self._address


def commissioning(batch: Batch, uris: Sequence[str], *, at: datetime) -> list[Event]:
    return [
        acts.commission(
            uris[first : first + MOST_PACKAGES],
            lot=batch.lot,
            expiry=batch.expiry,
            site_gln=batch.site.gln,
            at=at,
        )
        for first in range(0, len(uris), MOST_PACKAGES)
    ]


def receiving(uris: Sequence[str], sender: str, to: str, *, at: datetime) -> Event:
    return acts.receive(
        uris,
        sender_gln=CAST[sender].gln,
        consignee_gln=CAST[to].gln,
        reference="",
        site_gln=CAST[to].site_gln,
        at=at,
    )


@contextlib.contextmanager
def gunicorn(port: int) -> Iterator[None]:
    command = [sys.executable, "-m", "gunicorn", "pharmatrace.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", "2", "--threads", "4", "--timeout", "120", "--log-level", "warning"]
    command += ["--no-control-socket"]
    process = subprocess.Popen(
        leash.command(command, on_death=signal.SIGTERM),
        env={**os.environ, "LOG_LEVEL": "WARNING"},
        cwd=settings.BASE_DIR,
        start_new_session=True,
    )
    try:
        if not answers(f"http://127.0.0.1:{port}/health/", seconds=60):
            raise RuntimeError("the web server does not answer")
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
