"""`/health/`: can this web process do its work? Asked by `manage.py up`, containers and load balancers."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from concurrent.futures import Executor
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from health_check.base import HealthCheck, HealthCheckResult
from health_check.exceptions import ServiceUnavailable
from health_check.views import HealthCheckView

from apps.anchors import state
from apps.ledger.services.run_audit import last_audit
from apps.ledger.waiting import waiting
from apps.ledger.witnessing.lateness import open_alarms, unpublished

AUDIT_AT_LEAST_EVERY = timedelta(hours=2)


@dataclasses.dataclass
class Sealing(HealthCheck):
    """Does the log keep up with what is signed? Told is how long the oldest waits, never a path or a key."""

    def run(self) -> None:
        try:
            found = waiting(now=timezone.now())
        finally:
            connection.close()  # this thread is of a pool that nobody tidies up
        if found is not None and found.too_long:
            raise ServiceUnavailable(f"{found}. Run manage.py doctor where the sealer runs.")


@dataclasses.dataclass
class Audit(HealthCheck):
    """Was what was recorded looked at lately, and was it as it was recorded? Told is how many findings, never
    which: the regulator's desk and `manage.py audit` name them."""

    def run(self) -> None:
        try:
            last, now = last_audit(), timezone.now()
        finally:
            connection.close()
        if last is None:
            raise ServiceUnavailable("No audit has come to its end yet.")
        if last.found:
            raise ServiceUnavailable(
                f"The last audit had {last.found} findings. Run manage.py audit."
            )
        if now - last.finished_at > AUDIT_AT_LEAST_EVERY:
            raise ServiceUnavailable(f"The last audit ended at {last.finished_at.isoformat()}.")


@dataclasses.dataclass
class LastAudit(Audit):
    """The same, told beside another check and not written to the log: who asks whether this process lives asks again
    after seconds."""

    async def get_result(self, executor: Executor | None = None) -> HealthCheckResult:
        start, error = time.perf_counter(), None
        try:
            await asyncio.get_running_loop().run_in_executor(executor, self.run)
        except ServiceUnavailable as fault:
            error = fault
        except DatabaseError:  # of which the other check tells
            error = ServiceUnavailable("not known")
        return HealthCheckResult(self, error, time.perf_counter() - start)


class Health(HealthCheckView):
    """200 when the database answers, 500 with the reason when it does not. How the last audit ended is told beside it.

    Nothing else takes a web process out of service: anchoring and sealing never block capture (DESIGN §5), and what an
    audit found is to be looked at, on these pages too. `/health/sealing/`, `/health/audit/`, `/health/witnesses/` and `/health/anchors/`
    answer 500 for whoever watches; `manage.py doctor` says why.
    """

    checks = ("health_check.checks.Database", LastAudit)

    async def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = await super().get(request, *args, **kwargs)
        if not any(one.error for one in self.results if not isinstance(one.check, LastAudit)):
            response.status_code = 200
        return response


class AuditHealth(HealthCheckView):
    """200 while the newest audit is no older than two hours and had no findings."""

    checks = (Audit,)


class SealingHealth(HealthCheckView):
    """200 while sealing keeps up, 500 when what is signed has waited for a minute."""

    checks = (Sealing,)


@dataclasses.dataclass
class Witnesses(HealthCheck):
    """Do the witnesses cosign, and have they raised an alarm? Told is no address, no key and no path."""

    def run(self) -> None:
        try:
            alarms, late = open_alarms(), unpublished(now=timezone.now())
        finally:
            connection.close()  # this thread is of a pool that nobody tidies up
        if alarms:
            raise ServiceUnavailable(
                f"{len(alarms)} alarm{'s' * (len(alarms) > 1)} of witnesses: somebody may have been shown another"
                " history of this log. Run manage.py witnesses."
            )
        if late is not None and late.too_long:
            raise ServiceUnavailable(
                f"{late}. Readers see the one before. Run manage.py witnesses."
            )


class WitnessHealth(HealthCheckView):
    """200 while checkpoints are published, 500 when they have waited too long or an alarm is open."""

    checks = (Witnesses,)


@dataclasses.dataclass
class Anchoring(HealthCheck):
    """Are checkpoints told outside? A kind that is not configured is no fault; the log and doctor
    name it. Told is which kind fails and for how long, never an address."""

    def run(self) -> None:
        now = timezone.now()
        try:
            late = [standing for standing in state.standings() if standing.is_late(now)]
        finally:
            connection.close()
        if late:
            kinds = ", ".join(sorted({standing.kind for standing in late}))
            raise ServiceUnavailable(
                f"Anchors fail for a day or longer: {kinds}. Run manage.py doctor."
            )


class AnchoringHealth(HealthCheckView):
    """200 while every anchor that is configured was told within the last day, or nothing is configured."""

    checks = (Anchoring,)
