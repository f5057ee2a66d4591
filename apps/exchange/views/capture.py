"""/capture: many events, as a job; what became of each is told with its place."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request

from apps.exchange.as_xml import capture_job_xml
from apps.exchange.capturing import KIND
from apps.exchange.forms import PLAIN, Form, parts_of
from apps.exchange.master_data.reading import holds_master_data, read_told
from apps.exchange.paging import after, link_next, only_paging, per_page
from apps.exchange.problems import EpcisException, invalid
from apps.exchange.reading import limits_told, read_sent, reasons_of
from apps.exchange.receipts import receipts_of
from apps.exchange.surface import Resource, answer, reader_of
from apps.jobs.models import Job
from apps.jobs.selectors import jobs_of
from apps.jobs.services import enqueue
from apps.parties.actor import actor_of
from pharmatrace.kernel.epcis.model import utc_text
from pharmatrace.kernel.refusal import Refusal

BEHAVIOUR = "GS1-Capture-Error-Behaviour"


class CaptureJobs(Resource):
    scopes = {"POST": "capture", "GET": "capture"}

    def limits(self) -> dict[str, str]:
        read = {"GS1-EPCIS-Min": "1.1.0", "GS1-CBV-Min": "1.1.0"}  # answered is 2.0
        return {BEHAVIOUR: "all", **read, **limits_told()}

    def answer_form(self, request: Request) -> Form:
        """202 has no content, so whatever is accepted will do."""
        return PLAIN if request.method == "POST" else super().answer_form(request)

    def post(self, request: Request) -> HttpResponse:
        """202 and where to ask what became of it; 400 where the document itself is wrong."""
        sender = reader_of(request)
        may_capture(request)
        check_sent_versions(request)
        mode = request.headers.get(BEHAVIOUR, "rollback")
        if mode not in ("rollback", "proceed"):
            raise EpcisException("ValidationException", f"{BEHAVIOUR} is rollback or proceed.")
        sent = read_sent(request)
        master = holds_master_data(sent.content)
        if not sent.events:
            master = bool(read_told(sent.content, sent.form).elements)
            if not master:
                raise EpcisException(
                    "ValidationException", "Here are neither events nor master data."
                )
        unreadable = [
            reason
            for _, one in sent.events
            if isinstance(one, Refusal)
            for reason in reasons_of(one)
        ]
        if unreadable and mode == "rollback":
            raise invalid(unreadable)
        job = enqueue(
            kind=KIND,
            title=f"EPCIS document with {len(sent.events):,} events"
            if sent.events
            else "EPCIS master data",
            owner_id=sender.user_id,
            organisation_id=sender.organisation_id,
            parameters={
                "behaviour": mode, "form": sent.form, "membership": sender.pk,
                "receipts": [], "errors": [], **({"masterData": None} if master else {}),
            },
            total=len(sent.events) + (1 if master else 0),
            at=timezone.now(),
            content=sent.content,
        )  # fmt: skip
        return HttpResponse(
            status=202, headers={"Location": reverse("exchange:capture-job", args=[job.pk])}
        )

    def get(self, request: Request) -> HttpResponse:
        """The jobs of one's own organisation, newest first."""
        only_paging(request)
        size, since = per_page(request), after(request)
        jobs = jobs_of(reader_of(request).organisation_id).filter(kind=KIND)
        if since:
            at, id = datetime.fromisoformat(since[0]), UUID(since[1])
            jobs = jobs.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=id))
        found = list(jobs.order_by("-created_at", "-pk")[: size + 1])
        response = answer([job_body(job) for job in found[:size]], form=self.form)
        if len(found) > size:
            last = found[size - 1]
            key = [last.created_at.isoformat(), str(last.pk)]
            link_next(request, response, key, at=timezone.now())
        return response


class CaptureJob(Resource):
    xml = True
    scopes = {"GET": "capture"}

    def get(self, request: Request, capture_id: str) -> HttpResponse:
        try:
            id = UUID(capture_id)
        except ValueError:
            id = UUID(int=0)
        job = jobs_of(reader_of(request).organisation_id).filter(kind=KIND, pk=id).first()
        if job is None:
            raise EpcisException("NoSuchNameException", "There is no such capture job of yours.")
        body = job_body(job)
        body["receipts"] = receipts_of(job.parameters["receipts"])
        if self.form.xml:
            return HttpResponse(capture_job_xml(body), self.form.media)
        return answer(body, form=self.form)


def job_body(job: Job) -> dict[str, Any]:
    """The standard's CaptureJob. `success` stays true until something was refused."""
    errors = list(job.parameters["errors"])
    if job.state in (Job.State.FAILED, Job.State.CANCELLED):
        detail = job.failure or "The job was cancelled."
        errors.append(EpcisException("ImplementationException", detail).body())
    body = {
        "captureID": str(job.pk),
        "createdAt": utc_text(job.created_at),
        "running": job.is_waiting,
        "success": not errors,
        "captureErrorBehaviour": job.parameters["behaviour"],
        "errors": errors,
    }
    if job.parameters.get("masterData"):
        body["masterData"] = job.parameters["masterData"]
    if job.finished_at:
        body["finishedAt"] = utc_text(job.finished_at)
    return body


def may_capture(request: Request) -> None:
    """Raises EpcisException 403 for those who may only look."""
    if not actor_of(reader_of(request)).may_operate:
        raise EpcisException("SecurityException", "Your role lets you look, not record.")


def check_sent_versions(request: Request) -> None:
    """What is sent says its version itself; a header that promises a version never read is refused."""
    for word in ("EPCIS", "CBV"):
        version = request.headers.get(f"GS1-{word}-Version", "2.0")
        if not (parts_of(version)[:1] == (1,) or (*parts_of(version), 0, 0)[:3] == (2, 0, 0)):
            raise EpcisException("ValidationException", f"{word} 1.x and 2.0 are read here.")
