"""Where a site is: typed, or told by a partner's master data."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.parties.models import Site
from apps.parties.services import add_site, change_site
from pharmatrace.kernel.epcis.master_data import things_in
from pharmatrace.kernel.epcis.parts import MasterDataElement, MasterDataList
from pharmatrace.kernel.refusal import Refused
from tests.cast import LONG_AGO

PORTO = "41.14961, -8.61099"


def test_a_site_has_coordinates_or_none(mia: Any) -> None:
    assert mia.site.coordinates == ""
    site = add_site(
        organisation=mia.organisation, gln="5601000000035", name="Line 2", city="Porto", country="PT",
        at=LONG_AGO, coordinates=PORTO,
    )  # fmt: skip
    assert (site.latitude, site.longitude) == (41.14961, -8.61099)
    assert Site.objects.get(pk=site.pk).coordinates == PORTO
    assert (
        change_site(site=site, at=LONG_AGO, coordinates=" -33.9;18.4 ").coordinates
        == "-33.90000, 18.40000"
    )
    assert change_site(site=site, at=LONG_AGO, coordinates="").latitude is None


@pytest.mark.parametrize(
    "text",
    ["x", "41", "91, 0", "0, 181", "nan, 0", "1e2, 3", "41.1, -8.6, 3", "٤١, ٨", "999999, 1"],
)
def test_what_is_no_place_on_the_globe_is_refused(mia: Any, text: str) -> None:
    with pytest.raises(Refused) as refused:
        change_site(site=mia.site, at=LONG_AGO, coordinates=text)
    assert refused.value.codes == ("coordinates",)


def test_the_database_knows_the_globe_too(mia: Any) -> None:
    for latitude, longitude in ((1.0, None), (None, 1.0), (91.0, 0.0), (0.0, -181.0)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Site.objects.filter(pk=mia.site.pk).update(latitude=latitude, longitude=longitude)


@pytest.mark.parametrize(
    ("latitude", "longitude", "told"),
    [("41.14961", "-8.61099", PORTO), ("41.1", "x", None), ("1e5", "3", None), ("", "", None)],
)
def test_master_data_says_where_a_place_is(latitude: str, longitude: str, told: str | None) -> None:
    pairs = (("cbvmda:latitude", latitude), ("urn:epcglobal:cbv:mda:longitude", longitude))
    element = MasterDataElement(id="https://id.gs1.org/414/5601000000028", attributes=pairs)
    listed = MasterDataList(type="urn:epcglobal:epcis:vtype:BusinessLocation", elements=(element,))
    (thing,) = things_in([listed])
    assert thing.values.get("coordinates") == told


def test_a_partners_word_about_it_is_proposed_like_any_other(mia: Any) -> None:
    from apps.exchange.master_data.differing import differences

    found = differences("site", {"coordinates": PORTO}, mia.site)
    assert [(one.field, one.old, one.new) for one in found] == [("coordinates", "", PORTO)]
    change_site(site=mia.site, at=LONG_AGO, coordinates=PORTO)
    mia.site.refresh_from_db()
    assert differences("site", {"coordinates": PORTO}, mia.site) == []
