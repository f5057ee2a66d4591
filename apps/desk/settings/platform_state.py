"""How each part of the platform does: one word, one sentence, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from apps.anchors.state import standings
from apps.exchange.models import Subscription
from apps.jobs.models import Job
from apps.jobs.selectors import waiting_jobs
from apps.ledger.services.run_audit import last_audit
from apps.ledger.waiting import waiting, why_stopped
from apps.ledger.witnessing.lateness import troubles, unpublished
from pharmatrace.health import AUDIT_AT_LEAST_EVERY

MOST_COUNTED = 1_000
SLOW = timedelta(minutes=15)


class Part(NamedTuple):
    """`tone` is good, warn, stop or unknown; its icon has the same name."""

    name: str | Promise
    tone: str
    word: str | Promise
    sentence: str
    do: str = ""


def parts(now: datetime) -> list[Part]:
    return [look(now) for look in LOOKS]


def sealing(now: datetime) -> Part:
    name = _("Sealing")
    found = waiting(now=now)
    if found is None or not found.too_long:
        return Part(name, "good", _("Keeps up"), str(found or say("Nothing waits.")))
    why = why_stopped() or say("Look whether beat and a worker of the queue “sealing” run.")
    return Part(name, "stop", _("Behind"), f"{found}.", why)


def audit(now: datetime) -> Part:
    name, last = _("Audit"), last_audit()
    run = say("Run manage.py audit; it names what it finds.")
    if last is None:
        return Part(name, "unknown", _("Not known"), say("No audit has come to its end yet."), run)
    when = f"{last.finished_at:%Y-%m-%d %H:%M} UTC"
    if last.found:
        sentence = say("%(found)s findings on %(when)s.") % {"found": last.found, "when": when}
        return Part(name, "stop", _("Not as it was recorded"), sentence, run)
    if now - last.finished_at > AUDIT_AT_LEAST_EVERY:
        late = say("The last one ended on %s.") % when
        return Part(name, "warn", _("Late"), late, say("Look whether beat and a worker run."))
    return Part(name, "good", _("As it was recorded"), say("Looked at on %s.") % when)


def witnesses(now: datetime) -> Part:
    name = _("Witnesses")
    found = troubles(now=now)
    if found:
        return Part(name, "stop", _("Trouble"), " ".join(found), say("Run manage.py witnesses."))
    if not settings.WITNESS_POLICY_FILE:
        sentence = say("Nobody but this installation says that it shows everybody the same log.")
        return Part(
            name,
            "warn",
            _("Nobody is asked"),
            sentence,
            say("Set WITNESS_POLICY_FILE (docs/witness.md)."),
        )
    late = unpublished(now=now)
    return Part(name, "good", _("They cosign"), f"{late}." if late else say("All is published."))


def anchors(now: datetime) -> Part:
    name, found = _("Anchors"), standings()
    late = [one for one in found if one.is_late(now)]
    if late:
        sentence = "; ".join(str(one) for one in late)
        return Part(name, "stop", _("Fail for a day"), sentence, say("See docs/anchors.md."))
    if failing := [one for one in found if one.failing_since is not None]:
        return Part(name, "warn", _("Some fail"), "; ".join(str(one) for one in failing))
    if not found:
        sentence = say("Nobody outside this database is told how far the log has come.")
        return Part(name, "warn", _("Nobody is told"), sentence, say("See docs/anchors.md."))
    return Part(name, "good", _("Told outside"), say("%s places are told.") % len(found))


def jobs(now: datetime) -> Part:
    name = _("Background work")
    rows = waiting_jobs()
    number = rows[:MOST_COUNTED].count()
    first = rows.first()
    if first is not None and first.started_at is None and now - first.created_at > SLOW:
        sentence = say("The first waits since %s.") % f"{first.created_at:%Y-%m-%d %H:%M} UTC"
        return Part(name, "stop", _("Stands still"), sentence, say("Look whether a worker runs."))
    failed = Job.objects.filter(state=Job.State.FAILED, finished_at__gt=now - timedelta(days=1))
    stopped = failed[:MOST_COUNTED].count()
    told = say("%(number)s wait or run; %(stopped)s stopped by a problem within a day.") % {
        "number": number, "stopped": stopped,
    }  # fmt: skip
    if stopped:
        return Part(name, "warn", _("Some stopped"), told, say("They are listed below."))
    return Part(name, "good", _("Goes on"), told)


def webhooks(now: datetime) -> Part:
    name = _("Webhooks")
    gone = (Subscription.State.FAILING, Subscription.State.REFUSED, Subscription.State.STOPPED)
    stopped = Subscription.objects.filter(state__in=gone)[:MOST_COUNTED].count()
    failing = Subscription.objects.filter(state="active", failures__gt=0)[:MOST_COUNTED].count()
    told = say("%(stopped)s stopped, %(failing)s are tried again.") % {
        "stopped": stopped, "failing": failing,
    }  # fmt: skip
    if stopped or failing:
        return Part(name, "warn", _("Some fail"), told, say("Their organisations see why."))
    return Part(name, "good", _("Arrive"), told)


def mail(now: datetime) -> Part:
    if settings.MAIL_IS_SENT:
        return Part(_("Mail"), "good", _("Is sent"), settings.EMAIL_HOST)
    sentence = say(
        "Links of invitations are shown to whoever invites; passwords cannot be reset by mail."
    )
    return Part(_("Mail"), "warn", _("Is not sent"), sentence, say("Set EMAIL_URL."))


LOOKS: tuple[Callable[[datetime], Part], ...] = (
    sealing, audit, witnesses, anchors, jobs, webhooks, mail,
)  # fmt: skip
