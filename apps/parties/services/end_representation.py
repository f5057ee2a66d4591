from __future__ import annotations

from apps.parties.models import Organisation, Representation


def end_representation(*, partner: Organisation, representative: Organisation) -> bool:
    """The representative records nothing more for the partner; what it recorded stands. False where it did
    not represent it."""
    gone, _ = Representation.objects.filter(partner=partner, representative=representative).delete()
    return bool(gone)
