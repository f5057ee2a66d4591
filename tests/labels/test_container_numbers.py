from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from apps.labels.models import SsccSeries
from apps.labels.services import next_sscc, next_ssccs
from apps.parties.models import Organisation
from pharmatrace.kernel.gs1.identifiers import make_sscc, sscc
from pharmatrace.kernel.refusal import Refused
from tests.custody.goods import uris


@pytest.mark.django_db
def test_numbers_follow_each_other_and_are_whole(mia: Any) -> None:
    first = next_sscc(organisation_id=mia.organisation.pk)
    assert sscc(first) == first
    assert first == make_sscc("4", "560100", 0)
    assert next_sscc(organisation_id=mia.organisation.pk) == make_sscc("4", "560100", 1)


@pytest.mark.django_db
def test_a_number_some_container_bears_is_passed_over(mia: Any, goods: Any) -> None:
    goods.commission(mia, uris(1))
    taken = "https://id.gs1.org/00/" + make_sscc("4", "560100", 1)
    goods.pack(mia, taken, uris(1)).raise_refused()
    given = next_ssccs(organisation_id=mia.organisation.pk, count=3)
    assert given == [make_sscc("4", "560100", n) for n in (0, 2, 3)]


@pytest.mark.django_db
def test_when_all_references_are_used_the_extension_digit_goes_on_and_then_it_ends(
    mia: Any,
) -> None:
    Organisation.objects.filter(pk=mia.organisation.pk).update(gs1_prefixes=["560100000000"])
    SsccSeries.objects.create(organisation=mia.organisation, prefix="560100000000", given=9_999)
    numbers = next_ssccs(organisation_id=mia.organisation.pk, count=2)
    assert [number[0] for number in numbers] == ["4", "5"]
    SsccSeries.objects.update(given=6 * 10_000)
    with pytest.raises(Refused) as no:
        next_sscc(organisation_id=mia.organisation.pk)
    assert no.value.codes == ("ssccs_used_up",)


@pytest.mark.django_db
def test_without_a_prefix_there_are_no_numbers(dan: Any) -> None:
    with pytest.raises(Refused) as no:
        next_sscc(organisation_id=dan.organisation.pk)
    assert no.value.codes == ("no_gs1_prefix",)


@pytest.mark.django_db(transaction=True)
def test_eight_packers_at_once_never_get_the_same_number(mia: Any) -> None:
    given: list[str] = []
    ready = threading.Barrier(8)

    def packer() -> None:
        ready.wait()
        for _ in range(5):
            given.append(next_sscc(organisation_id=mia.organisation.pk))
        connection.close()

    threads = [threading.Thread(target=packer) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(given) == len(set(given)) == 40
