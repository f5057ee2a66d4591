"""Whose jobs are where. An organisation sees its own jobs only."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from apps.jobs.models import WAITING, Job


def jobs_of(organisation_id: UUID) -> QuerySet[Job]:
    """The jobs of an organisation, newest first."""
    return Job.objects.filter(organisation_id=organisation_id)


def job_of(organisation_id: UUID, job_id: UUID) -> Job | None:
    """One job of the organisation; None for jobs of others, as for those that do not exist."""
    return jobs_of(organisation_id).filter(pk=job_id).first()


def waiting_jobs(organisation_id: UUID | None = None) -> QuerySet[Job]:
    """Jobs with work left, oldest first; of one organisation or of all."""
    waiting = Job.objects.filter(state__in=WAITING).order_by("created_at", "id")
    return waiting if organisation_id is None else waiting.filter(organisation_id=organisation_id)
