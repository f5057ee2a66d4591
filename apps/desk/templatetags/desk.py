"""Tags of the desk's pages: words for states, codes as they stand on a label."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from apps.custody.models import Package
from apps.custody.selectors import Step
from apps.custody.services.stop_at_counter import UNANSWERED
from apps.desk import wording
from apps.desk.counter import OF_THE_LABEL
from apps.desk.deliveries import delivery_number
from apps.desk.models import ScanSession
from apps.desk.sessions.telling import told
from apps.desk.sessions.work import WORKS
from apps.ledger.models import Entry
from apps.verify import words
from apps.verify.templatetags.marks import icon

register = template.Library()
_PATH = re.compile(r"01/\d{14}/21/[^\s,;]*[^\s,;.]|00/\d{18}", re.ASCII)
_GLN = re.compile(r"https://id\.gs1\.org/41[47]/(\d{13})", re.ASCII)
_SHELVES = {
    "kind": wording.KINDS,
    "status": wording.STATUSES,
    "job": wording.JOB_STATES,
    "alert": wording.ALERTS,
    "scan": wording.SCANS,
    "session": wording.SESSIONS,
}


@register.simple_tag
def tag(shelf: str, word: str) -> SafeString:
    """A state as icon, word and tone."""
    saying = _SHELVES[shelf].get(word) or wording.Saying(word, "unknown")
    return _tag(str(saying.word), saying.icon, saying.tone)


@lru_cache(maxsize=1024)
def _tag(word: str, icon: str, tone: str) -> SafeString:
    """There are a few dozen, in each language, and a list shows fifty at a time."""
    return render_to_string("desk/_tag.html", {"saying": wording.Saying(word, icon, tone)})


@register.simple_tag
def seal(entry: Entry | None) -> SafeString:
    """Where in the log something stands, or that it waits."""
    tone, sign, words = ("", "job", _("Waits for its seal"))
    if entry:
        tone, sign = " tag--good", "lock"
        words = _("Entry %(index)s") % {"index": entry.index}
    return format_html('<span class="tag{}">{}{}</span>', tone, icon(sign), words)


@register.simple_tag
def what(package: Package) -> SafeString | str:
    """What a package is, in a line: of a container, what it is and how many are in it where somebody counted."""
    batch = package.batch
    if batch:
        return _pack_of(
            batch.product.name, batch.product.strength, batch.lot, batch.expiry, get_language()
        )
    word = str(wording.LEVELS.get(package.level, package.level))
    inside = getattr(package, "inside", None)
    if not inside:
        return word
    told_inside = ngettext("%(n)s package inside", "%(n)s packages inside", inside) % {"n": inside}
    return format_html('{}<br><span class="soft small">{}</span>', word, told_inside)


@lru_cache(maxsize=1024)
def _pack_of(name: str, strength: str, lot: str, expiry: date, language: str | None) -> SafeString:
    """A shelf holds hundreds of packs of a few batches. `language` is what the words are in."""
    return format_html(
        '{} {}<br><span class="soft small">{} {} · {} {}</span>',
        name, strength, _("Lot"), lot, _("expires"), date_format(expiry, "j M Y"),
    )  # fmt: skip


@register.filter
def kind_word(kind: str) -> Any:
    return wording.KINDS[kind].word if kind in wording.KINDS else kind


@register.filter
def work_word(kind: str) -> Any:
    return WORKS[kind].word


@register.simple_tag
def signed_words(session: ScanSession) -> str:
    """What a signature recorded, in a sentence."""
    return told(session)


@register.filter
def days_ago(at: datetime) -> str:
    """How long ago in whole days: what somebody who waits for a delivery counts in."""
    days = (timezone.now() - at).days
    if days < 1:
        return _("less than a day")
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


@register.filter
def reason_word(reason: str) -> Any:
    return wording.REASONS.get(reason, reason)


@register.filter
def level_word(level: str) -> Any:
    return wording.LEVELS.get(level, level)


@register.filter
def field_word(name: str) -> Any:
    return wording.FIELDS.get(name, name)


@register.filter
def sender(uri: str) -> str:
    """The GLN inside the Digital Link of a party or place; other names as they are."""
    found = _GLN.fullmatch(uri)
    return found[1] if found else uri


@register.filter
def label(path: str) -> str:
    """A canonical path as it stands under the symbol: `(01) 0952… (21) AB12`."""
    parts = path.split("/")
    return " ".join(
        f"({ai})\N{NO-BREAK SPACE}{unquote(value)}"
        for ai, value in zip(parts[::2], parts[1::2], strict=False)
    )


@register.filter
def number(value: int) -> str:
    """A count, grouped as the reader's language groups digits."""
    return number_format(value, use_l10n=True, force_grouping=True)


@register.filter
def plainly(sentence: str) -> str:
    """A sentence with the codes in it as they stand on labels."""
    return _PATH.sub(lambda found: label(found[0]), sentence)


@register.filter
def declared_wrong(step: Step) -> str:
    """Since when and why a record does not count."""
    return words.declared_wrong(step)


@register.filter
def error_reason(word: str) -> str:
    """Why an event was declared wrong: CBV's two reasons in words, others as they are."""
    return words.reason({"reason": word}) or word


@register.filter
def next_step(code: str) -> Any:
    return wording.NEXT_STEPS.get(code, "")


@register.filter
def stands(code: str) -> bool:
    """Whether a line of a basket with this code stops its pack until somebody answers for it."""
    return code in (UNANSWERED, *OF_THE_LABEL)


@register.filter
def remedies(code: str) -> Any:
    return wording.REMEDIES.get(code, ())


register.filter(delivery_number)
