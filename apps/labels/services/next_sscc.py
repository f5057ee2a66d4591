"""Gives out container numbers: each once, whoever asks at the same moment.

A number that was given and never used is lost, which is what keeps the others unique (GS1 General Specifications
§2.2.1: an SSCC is not used again for a year at least; here it never is).
"""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from apps.custody.models import Package
from apps.parties.models import Organisation
from pharmatrace.kernel.gs1.identifiers import Sscc, make_sscc
from pharmatrace.kernel.refusal import Refused

EXTENSIONS = (
    "456789"  # 0 to 2 are left to an organisation's own programs, 3 to the numbers that are drawn
)
MOST = 10_000


def next_sscc(*, organisation_id: UUID) -> str:
    """The next free SSCC of an organisation. Raises `Refused`: `no_gs1_prefix`, `ssccs_used_up`."""
    return next_ssccs(organisation_id=organisation_id, count=1)[0]


def next_ssccs(*, organisation_id: UUID, count: int) -> list[str]:
    """The next `count` (at most 10,000), in order. Commits with whoever called; until then others wait."""
    if not 1 <= count <= MOST:
        raise ValueError(f"between 1 and {MOST} numbers at a time, not {count}")
    prefix = _prefix(organisation_id)
    found: list[str] = []
    while len(found) < count:
        found += _unused(_take(organisation_id, prefix, count - len(found)))
    return found


def _prefix(organisation_id: UUID) -> str:
    prefixes = Organisation.objects.values_list("gs1_prefixes", flat=True).get(id=organisation_id)
    if not prefixes:
        raise Refused.one(
            "no_gs1_prefix",
            _("Your organisation has no GS1 company prefix here, so it cannot number containers. Scan an SSCC."),
            field="container",
        )  # fmt: skip
    return str(prefixes[0])


def _take(organisation_id: UUID, prefix: str, count: int) -> list[str]:
    room = int(10 ** (16 - len(prefix)))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO labels_ssccseries AS s (organisation_id, prefix, given) VALUES (%s, %s, %s)"
            " ON CONFLICT (organisation_id, prefix) DO UPDATE SET given = s.given + excluded.given"
            " RETURNING given",
            [str(organisation_id), prefix, count],
        )
        stop = int(cursor.fetchone()[0])
    if stop > room * len(EXTENSIONS):
        raise Refused.one(
            "ssccs_used_up",
            _("Every container number under prefix %(prefix)s is used up. Register another prefix.")
            % {"prefix": prefix},
            field="container",
        )
    return [
        make_sscc(EXTENSIONS[number // room], prefix, number % room)
        for number in range(stop - count, stop)
    ]


def _unused(numbers: list[str]) -> list[str]:
    """Without those that a container bears already, numbered elsewhere."""
    ids = {Sscc(number).package_id: number for number in numbers}
    taken = set(Package.objects.filter(id__in=list(ids)).values_list("id", flat=True))
    return [number for id, number in ids.items() if id not in taken]
