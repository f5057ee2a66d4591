"""A key that is reported stolen signs no more at once, and the log says since when it is not to be trusted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import cbor2
import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from apps.ledger.models import Statement
from apps.ledger.services import seal
from apps.parties.models import Membership, RegistryChange, SigningKey, User
from apps.parties.services import add_member, report_stolen_key, rotate_key
from apps.parties.signing import signer_for
from pharmatrace.kernel.refusal import Refused
from tests.cast import Member

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
THEFT = NOW - timedelta(hours=3)


def key_of(who: Member) -> SigningKey:
    return who.organisation.keys.order_by("created_at").first()  # type: ignore[return-value]


def report(who: Member, **how: Any) -> RegistryChange:
    return report_stolen_key(**{"key": key_of(who), "since": THEFT, "at": NOW} | how)


def last_facts() -> dict[str, Any]:
    newest = Statement.objects.order_by("-id").first()
    assert newest is not None
    return dict(cbor2.loads(newest.facts))


def test_it_signs_no_more_at_once(mia: Member) -> None:
    signer_for(mia.organisation.id)
    report(mia)
    with pytest.raises(Refused) as refused:
        signer_for(mia.organisation.id)
    assert refused.value.codes == ("no_signing_key",)
    rotate_key(organisation=mia.organisation, at=NOW)
    signer_for(mia.organisation.id)


def test_the_log_says_since_when_and_from_which_entry_on(mia: Member) -> None:
    seal(at=THEFT - timedelta(days=1))
    size = Statement.objects.count()
    rotate_key(organisation=mia.organisation, at=THEFT - timedelta(minutes=1))
    seal(at=THEFT - timedelta(minutes=1))  # clocks may differ by so much
    report(mia)
    told = last_facts()
    assert told["action"] == "stolen"
    assert told["since"] == int(THEFT.timestamp())
    assert told["from_entry"] == size


def test_a_retired_key_is_not_ended_once_more(mia: Member) -> None:
    old = key_of(mia)
    rotate_key(organisation=mia.organisation, at=THEFT)
    report_stolen_key(key=old, since=THEFT, at=NOW)
    actions = RegistryChange.objects.filter(key=old).values_list("action", flat=True)
    assert list(actions) == ["registered", "retired", "stolen"]
    signer_for(mia.organisation.id)


def test_it_may_be_reported_again_as_of_an_earlier_moment_only(mia: Member) -> None:
    report(mia)
    for later in (THEFT, THEFT + timedelta(seconds=1)):
        with pytest.raises(Refused) as refused:
            report(mia, since=later)
        assert refused.value.codes == ("theft_known_already",)
    report(mia, since=THEFT - timedelta(hours=1))
    assert key_of(mia).stolen_since == THEFT - timedelta(hours=1)


def test_a_theft_in_the_future_and_the_registrars_key_are_refused(mia: Member) -> None:
    with pytest.raises(Refused) as refused:
        report(mia, since=NOW + timedelta(seconds=1))
    assert refused.value.codes == ("theft_in_the_future",)
    with pytest.raises(Refused) as refused:
        report(mia, key=SigningKey.objects.get(purpose="registrar"))
    assert refused.value.codes == ("not_an_organisations_key",)


def test_its_administrators_and_the_regulators_report_it(
    mia: Member, dan: Member, rosa: Member
) -> None:
    operator = add_member(
        email="otto@example.org", name="Otto", password=None, organisation=mia.organisation,
        role=Membership.Role.OPERATOR, site=mia.site, at=NOW,
    )  # fmt: skip
    for stranger in (dan.membership, operator):
        with pytest.raises(Refused) as refused:
            report(mia, by=stranger)
        assert refused.value.codes == ("not_yours",)
    assert key_of(mia).is_active
    report(mia, by=mia.membership)
    report(dan, by=rosa.membership)
    assert not key_of(mia).is_active and not key_of(dan).is_active


def test_at_the_command_line(mia: Member) -> None:
    kid, out = str(key_of(mia)), StringIO()
    with pytest.raises(CommandError, match="offset from UTC"):
        call_command("registry", "report-stolen-key", kid, "--since", "2026-11-02T08:00:00")
    call_command("registry", "report-stolen-key", kid, "--since", "2026-11-02T08:00Z", stdout=out)
    assert "signs no more" in out.getvalue()
    assert key_of(mia).stolen_since == NOW


def test_in_the_admin(mia: Member) -> None:
    root = Client()
    user = User.objects.create_superuser("root@example.org", "Root", "root password")
    root.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    address = "/admin/parties/registrychange/add/"
    assert root.get(address).status_code == 200
    for kid in ("zz", "00" * 16):
        page = root.post(address, {"kid": kid, "since_0": "2026-11-02", "since_1": "08:00:00"})
        assert "There is no such key" in page.content.decode()
    given = {"kid": str(key_of(mia)), "since_0": "2926-11-02", "since_1": "08:00:00"}
    assert "a moment that has passed" in root.post(address, given).content.decode()
    done = root.post(address, given | {"since_0": "2026-11-02"})
    assert done.status_code == 302
    assert key_of(mia).stolen_since == NOW
    assert RegistryChange.objects.filter(action="stolen").count() == 1
