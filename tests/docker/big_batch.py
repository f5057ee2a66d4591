"""Queues the commissioning of Mia's 50,000 packs in the installation of the environment. Run with the root in PYTHONPATH."""

from __future__ import annotations

import os

import django

PACKS = 50_000


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pharmatrace.settings")
    django.setup()
    from django.utils import timezone

    from apps.custody.services.commission import start_commission
    from tests.cast import member
    from tests.custody.goods import batch_of

    mia = member(
        name="Mia", kind="manufacturer", company="Mia Makes Medicines", gln="5601000000011",
        site_gln="5601000000028", city="Porto", country="PT", activity="manufacture",
        prefix="560100",
    )  # fmt: skip
    batch = batch_of(mia, lot="BIG", quantity=PACKS)
    start_commission(
        actor=mia.actor, user=mia.user, batch=batch, at=timezone.now(), count=PACKS
    ).refresh_from_db()


if __name__ == "__main__":
    main()
