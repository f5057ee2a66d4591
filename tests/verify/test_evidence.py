"""The bundle to download: it holds on any machine, shows what its reader may see, and no byte can change."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from apps.verify.services import prove
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.evidence.bundle import MEDIA_TYPE, read_bundle, write_bundle
from pharmatrace.kernel.evidence.verdict import verify_bundle
from tests.custody.goods import GTIN, Goods, uri, uris
from tests.verify.conftest import CASE

pytestmark = pytest.mark.django_db
ADDRESS = f"/verify/evidence/01/{GTIN}/21/S0"


def download(client: Client, address: str = ADDRESS) -> bytes:
    response = client.get(address)
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == MEDIA_TYPE
    return response.content


def facts(event: dict[str, Any]) -> dict[str, Any]:
    return {fact["name"]: fact["value"] for fact in event["facts"]}


def signed(event: dict[str, Any]) -> bool:
    return "cose" in event["signature"]


def verify_offline(file: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pharmatrace.kernel", "verify", str(file)],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
        env={"PATH": "/usr/bin:/bin"},
    )  # fmt: skip


@pytest.mark.parametrize("who", ["stranger", "mia", "dan", "petra", "rosa"])
def test_every_bundle_holds(who: str, sold: Goods, request: pytest.FixtureRequest) -> None:
    asker = request.getfixturevalue(who)
    verdict = verify_bundle(download(getattr(asker, "client", asker)))
    assert verdict.holds, verdict.failed
    assert {check.name for check in verdict.checks} >= {
        "checkpoint", "anchor", "genesis", "key", "fact", "inclusion", "signature", "chain",
    }  # fmt: skip


@pytest.mark.parametrize("who", ["stranger", "mia", "petra", "rosa"])
def test_an_event_that_names_a_pack_and_its_case_stands_once(
    who: str,
    sold: Goods,
    rosa: Any,
    sealed: Callable[[], None],
    request: pytest.FixtureRequest,
) -> None:
    sold.do(Kind.INSPECT, rosa, [CASE, uri("S2")]).raise_refused()  # S2 stayed in the case
    sealed()
    asker = request.getfixturevalue(who)
    client = getattr(asker, "client", asker)
    file = download(client, f"/verify/evidence/01/{GTIN}/21/S2")
    verdict = verify_bundle(file)
    assert verdict.holds, verdict.failed
    named = [
        fact["value"][0]
        for fact in json.loads(file)["events"][-1]["facts"]
        if fact["name"] == "package"
    ]
    assert uri("S2") in named
    assert (CASE in named) == (who == "rosa")
    answer = client.get(f"/01/{GTIN}/21/S2?format=json").json()
    assert [hop["step"] for hop in answer["life"]].count("inspect") == 1
    assert not answer["life"][-1]["in_container"]


def test_what_does_not_verify_as_a_file_is_not_given_out(
    sold: Goods, stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        sys.modules[prove.__module__],
        "write_bundle",
        lambda bundle: write_bundle(bundle).replace(b"ObjectEvent", b"ObjectEvenT", 1),
    )
    assert stranger.get(ADDRESS).status_code == 409


def test_the_file_verifies_without_us(sold: Goods, stranger: Client, tmp_path: Path) -> None:
    response = stranger.get(ADDRESS)
    assert response["Content-Disposition"] == (
        f'attachment; filename="pharmatrace-01-{GTIN}-21-S0.json"'
    )
    file = tmp_path / "bundle.json"
    file.write_bytes(response.content)
    good = verify_offline(file)
    assert good.returncode == 0, good.stdout + good.stderr
    assert "HOLDS" in good.stdout

    document = json.loads(response.content)
    document["events"][0]["facts"][0]["value"] = "TransformationEvent"
    file.write_text(json.dumps(document))
    bad = verify_offline(file)
    assert bad.returncode == 1
    assert "FAIL fact" in bad.stdout
    assert "/events/0/facts/0" in bad.stdout


def test_the_public_sees_steps_but_no_partner(sold: Goods, stranger: Client) -> None:
    bundle = json.loads(download(stranger))
    assert bundle["disclosure"] == "public"
    assert [facts(event)["step"] for event in bundle["events"]] == [
        "commissioning", "packing", "shipping", "receiving", "shipping", "receiving", "unpacking",
    ]  # fmt: skip
    assert [signed(event) for event in bundle["events"]] == [True] + [False] * 6
    first = facts(bundle["events"][0])
    assert (first["lot"], first["expiry"]) == ("L1", "2027-10-31")
    for event in bundle["events"]:
        told = facts(event)
        assert told.keys() >= {"time", "step", "role", "country"}
        assert not told.keys() & {"place", "from", "to", "actor", "event", "container"}
    packages = [facts(event).get("package") for event in bundle["events"]]
    assert [value and value[0] for value in packages] == [
        uri("S0"), uri("S0"), None, None, None, None, uri("S0"),
    ]  # fmt: skip


def test_a_party_sees_what_it_had_and_everything_before(sold: Goods, dan: Any) -> None:
    bundle = json.loads(download(dan.client))
    assert bundle["disclosure"] == "party"
    # commission, pack, ship to Dan, receive, ship on to Petra, her receipt | unpacked by Petra
    assert [signed(event) for event in bundle["events"]] == [True] * 6 + [False]
    assert facts(bundle["events"][4])["to"].endswith(f"417/{petra_gln(sold)}")
    assert "place" in facts(bundle["events"][3])
    assert "place" not in facts(bundle["events"][6])
    assert facts(bundle["events"][3])["package"][0] == CASE


def petra_gln(goods: Goods) -> str:
    from apps.parties.models import Pharmacy

    return Pharmacy.objects.get().gln


def test_a_regulator_sees_all(sold: Goods, rosa: Any) -> None:
    bundle = json.loads(download(rosa.client))
    assert bundle["disclosure"] == "regulator"
    assert all(signed(event) for event in bundle["events"])
    assert all("place" in facts(event) for event in bundle["events"])


def test_who_never_had_it_is_the_public(sold: Goods, dan: Any, mia: Any) -> None:
    address = f"/verify/evidence/01/{GTIN}/21/S3"  # was never packed, never left Mia
    assert json.loads(download(dan.client, address))["disclosure"] == "public"
    assert json.loads(download(mia.client, address))["disclosure"] == "party"


def test_a_consignee_sees_what_comes_to_it(
    mia: Any, dan: Any, goods: Goods, sealed: Callable[[], None]
) -> None:
    goods.commission(mia, uris(1)).raise_refused()
    goods.ship(mia, uris(1), dan).raise_refused()
    sealed()
    bundle = json.loads(download(dan.client))
    assert bundle["disclosure"] == "party"
    assert [signed(event) for event in bundle["events"]] == [True, True]


def test_a_token_opens_what_its_owner_may_see(sold: Goods, rosa: Any, stranger: Client) -> None:
    from apps.parties.services import issue_token

    def ask(scopes: list[str]) -> str:
        _, text = issue_token(
            membership=rosa.membership, name="case system", scopes=scopes,
            expires_at=sold.now.replace(year=2030), at=sold.now,
        )  # fmt: skip
        headers = {"Authorization": f"Bearer {text}"}
        return str(json.loads(stranger.get(ADDRESS, headers=headers).content)["disclosure"])

    assert ask(["read"]) == "regulator"
    assert ask(["capture"]) == "public"


def test_a_key_that_was_replaced_still_proves_what_it_signed(
    sold: Goods, mia: Any, sealed: Callable[[], None], stranger: Client
) -> None:
    from apps.parties.services import rotate_key

    rotate_key(organisation=mia.organisation, at=sold.now)
    sealed()
    verdict = verify_bundle(download(stranger))
    assert verdict.holds, verdict.failed


def test_not_sealed_yet(
    sold: Goods, petra: Any, sealed: Callable[[], None], stranger: Client
) -> None:
    sold.do(Kind.DISPENSE, petra, [uri("S0")]).raise_refused()
    response = stranger.get(ADDRESS)
    assert response.status_code == 503
    assert response["Retry-After"] == "2"
    sealed()
    assert verify_bundle(download(stranger)).holds


def test_an_unknown_pack_has_none(sold: Goods, stranger: Client) -> None:
    assert stranger.get(f"/verify/evidence/01/{GTIN}/21/NEVER").status_code == 404
    assert stranger.get("/verify/evidence/hello").status_code == 400


def test_a_container_has_evidence_too(sold: Goods, stranger: Client, rosa: Any) -> None:
    address = "/verify/evidence/" + CASE.removeprefix("https://id.gs1.org/")
    for client in (stranger, rosa.client):
        verdict = verify_bundle(download(client, address))
        assert verdict.holds, verdict.failed


def test_the_bundle_is_read_strictly(sold: Goods, stranger: Client) -> None:
    bundle = read_bundle(download(stranger))
    assert bundle.subject == uri("S0")
