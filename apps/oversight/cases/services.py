"""What an inspector does with a case: open it, collect, write notes, close it. Nothing is ever taken out."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from apps.custody.models import CustodyEvent, Package
from apps.oversight.models import CaseFile, CaseItem, CaseNote
from apps.parties.models import Membership, Organisation
from apps.parties.permissions import may
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.refusal import Refused

LONGEST_TITLE, LONGEST_REASON, LONGEST_NOTE = 160, 300, 10_000
MOST_ITEMS = 1_000


def open_case(*, by: Membership, title: str, at: datetime) -> CaseFile:
    """Raises Refused: `not_an_inspector`, `missing`, `too_long`, `characters`."""
    _inspector(by)
    return CaseFile.objects.create(
        authority_id=by.organisation_id,
        title=_text(title, field="title", most=LONGEST_TITLE),
        opened_by_id=by.user_id,
        opened_at=at,
    )


@transaction.atomic
def collect(
    *,
    by: Membership,
    case: CaseFile,
    thing: Package | CustodyEvent | Organisation,
    reason: str = "",
    at: datetime,
) -> CaseItem:
    """Puts a package, an event or an organisation into the case; what is in it already stays as it is.

    Raises Refused: `not_an_inspector`, `case_closed`, `case_full`, `too_long`, `characters`.
    """
    case = _open(by, case)
    item = _item(thing)
    item.case, item.added_by_id, item.added_at = case, by.user_id, at
    item.reason = _text(reason, field="reason", most=LONGEST_REASON, empty=True)
    before = case.items.filter(name=item.name).first()
    if before is not None:
        return before
    if case.items.count() >= MOST_ITEMS:
        raise Refused.one("case_full", f"A case holds at most {MOST_ITEMS:,} things. Open another.")
    try:
        with transaction.atomic():
            item.save(force_insert=True)
    except IntegrityError:  # somebody collected it at the same moment
        return case.items.get(name=item.name)
    return item


@transaction.atomic
def write_note(*, by: Membership, case: CaseFile, text: str, at: datetime) -> CaseNote:
    """Raises Refused: `not_an_inspector`, `case_closed`, `missing`, `too_long`, `characters`."""
    case = _open(by, case)
    said = _text(text, field="note", most=LONGEST_NOTE)
    return CaseNote.objects.create(case=case, text=said, written_by_id=by.user_id, written_at=at)


@transaction.atomic
def close_case(*, by: Membership, case: CaseFile, at: datetime) -> CaseFile:
    """A closed case stays readable and can be exported. Raises Refused: `not_an_inspector`, `case_closed`."""
    case = _open(by, case)
    case.closed_at = at
    case.save(update_fields=["closed_at"])
    return case


def _inspector(by: Membership) -> None:
    if by.organisation.kind != Organisation.Kind.REGULATOR or not may(by, "operate"):
        raise Refused.one("not_an_inspector", "Only people of an authority who record keep cases.")


def _open(by: Membership, case: CaseFile) -> CaseFile:
    _inspector(by)
    case = CaseFile.objects.select_for_update(no_key=True).get(
        pk=case.pk, authority_id=by.organisation_id
    )
    if case.closed_at is not None:
        raise Refused.one("case_closed", "This case is closed. Open another for what is new.")
    return case


def _item(thing: Package | CustodyEvent | Organisation) -> CaseItem:
    if isinstance(thing, Package):
        return CaseItem(kind="package", name=RESOLVER + thing.path, package_id=thing.pk)
    if isinstance(thing, CustodyEvent):
        name = f"ni:///sha-256;{bytes(thing.hash).hex()}?ver=CBV2.0"
        return CaseItem(kind="event", name=name, event=thing)
    return CaseItem(kind="organisation", name=f"{RESOLVER}417/{thing.gln}", organisation=thing)


def _text(text: str, *, field: str, most: int, empty: bool = False) -> str:
    said = text.replace("\r\n", "\n").strip()
    if not said and not empty:
        raise Refused.one("missing", f"The {field} is missing.", field=field)
    if len(said) > most:
        raise Refused.one("too_long", f"The {field} has more than {most:,} letters.", field=field)
    if any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in said):
        raise Refused.one(
            "characters", f"The {field} has a sign that cannot be stored.", field=field
        )
    return said
