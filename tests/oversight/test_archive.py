"""A case as one archive: it verifies without us, and nothing in it can be changed unnoticed."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from apps.custody.models import CustodyEvent
from apps.ledger.selectors import log_verifier
from apps.oversight.cases.services import collect, write_note
from apps.parties.models import SigningKey
from apps.parties.services import report_stolen_key, revoke_key
from pharmatrace.kernel.casefile.archive import Archive, NotACase
from pharmatrace.kernel.casefile.manifest import ManifestError, is_path, read_manifest
from pharmatrace.kernel.casefile.verdict import verify_case
from pharmatrace.kernel.evidence.verdict import Verdict
from pharmatrace.kernel.tlog.note import Signer, sign_note
from tests.custody.goods import package, uri
from tests.oversight.conftest import NOW

ROOT = Path(__file__).parents[2]


@pytest.fixture
def filled(rosa: Any, dan: Any, moved: Any, case: Any) -> Any:
    things = (package(uri("S0")), CustodyEvent.objects.get(kind="commission"), dan.organisation)
    for thing in things:
        collect(by=rosa.membership, case=case, thing=thing, reason="<b>why</b>", at=NOW)
    write_note(by=rosa.membership, case=case, text="Ask the pharmacy & the wholesaler.", at=NOW)
    return case


@pytest.fixture
def export(rosa: Any, filled: Any) -> Callable[[], bytes]:
    def go() -> bytes:
        response = rosa.client.get(f"/oversight/cases/{filled.pk}/case.zip")
        assert response.status_code == 200, response.get("Location")
        return b"".join(response.streaming_content)

    return go


def verified(data: bytes, **more: Any) -> Verdict:
    return verify_case(io.BytesIO(data), **more)


def changed(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The archive with other files in it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def test_an_exported_case_holds_and_says_what_it_checked(export: Any) -> None:
    verdict = verified(export(), log_vkey=log_verifier().vkey(), now=NOW)
    assert verdict.holds, verdict.failed
    told = {(check.name, check.outcome.value) for check in verdict.checks}
    assert {
        ("signature", "holds"),
        ("file", "holds"),
        ("evidence", "holds"),
        ("log key", "holds"),
    } <= told
    assert verdict.unconfirmed_log_key is None
    assert verified(export()).unconfirmed_log_key == log_verifier().vkey()


@pytest.mark.parametrize("known", ["the old key", "the new key", "both"])
def test_a_case_holds_after_the_log_has_changed_its_key(
    export: Any, filled: Any, sealed: Any, known: str
) -> None:
    old = log_verifier().vkey()
    call_command("rotate_log_key", yes=True, stdout=io.StringIO())
    sealed()
    new = log_verifier().vkey()
    assert old != new
    keys = {"the old key": old, "the new key": new, "both": f"{old} {new}"}
    verdict = verified(export(), log_vkey=keys[known], now=NOW)
    assert verdict.holds, verdict.failed


def test_what_is_in_it_is_what_was_collected(export: Any, filled: Any) -> None:
    with zipfile.ZipFile(io.BytesIO(export())) as archive:
        names = archive.namelist()
        index = json.loads(archive.read("case.json"))
        page = archive.read("index.html").decode()
    assert names == [
        "signer.json", "evidence/0001-package.json", "evidence/0002-event.json", "case.json",
        "index.html", "manifest.txt",
    ]  # fmt: skip
    assert [one["kind"] for one in index["items"]] == ["package", "event", "organisation"]
    assert index["notes"][0]["text"] == "Ask the pharmacy & the wholesaler."
    assert index["items"][0]["about"]["history"][0]["what"] == "commission"
    assert index["items"][2]["about"]["licences"][0]["number"] == "Dan-1"
    assert "&lt;b&gt;why&lt;/b&gt;" in page and "<script" not in page
    assert all(is_path(name) for name in names)


def test_the_same_case_at_the_same_moment_is_the_same_file(export: Any) -> None:
    assert sha256(export()).digest() == sha256(export()).digest()


@pytest.mark.parametrize(
    ("named", "change"),
    [
        (
            "file",
            lambda files: files.update(
                {"case.json": files["case.json"].replace(b"pharmacy", b"nobody!!")}
            ),
        ),
        ("file", lambda files: files.update({"extra.txt": b"added"})),
        ("file", lambda files: files.pop("evidence/0002-event.json")),
        (
            "signature",
            lambda files: files.update(
                {"manifest.txt": files["manifest.txt"].replace(b"T09:00:00Z", b"T08:00:00Z")}
            ),
        ),
        (
            "signer",
            lambda files: files.update({"signer.json": files["evidence/0001-package.json"]}),
        ),
    ],
)
def test_what_was_changed_is_found(export: Any, named: str, change: Any) -> None:
    verdict = verified(changed(export(), change))
    assert not verdict.holds
    assert named in {check.name for check in verdict.failed}


def test_a_manifest_that_somebody_else_signed_is_found(export: Any) -> None:
    """Whoever swaps evidence can write a manifest that fits, but cannot sign it as the authority."""

    def forge(files: dict[str, bytes]) -> None:
        text = files["manifest.txt"].decode().rpartition("\n\n")[0] + "\n"
        issuer = read_manifest(text).issuer
        files["manifest.txt"] = sign_note(text, [Signer.from_seed(issuer, bytes(32))]).encode()

    verdict = verified(changed(export(), forge))
    assert [check.name for check in verdict.failed] == ["signature"]


def test_evidence_of_something_else_is_found(rosa: Any, mia: Any, filled: Any, export: Any) -> None:
    """Even the authority cannot pass off evidence of one pack as that of another."""
    from apps.oversight.cases.archive import Proven, archive
    from apps.verify.services import prove

    other = prove(package=package(uri("S1")), level="regulator")
    pieces = archive(case=filled, prove=lambda item: Proven(other), made_by="x", at=NOW)
    verdict = verified(b"".join(pieces))
    assert {check.place for check in verdict.failed} == {
        "evidence/0001-package.json", "evidence/0002-event.json",
    }  # fmt: skip


def test_another_log_is_not_this_log(export: Any) -> None:
    other = Signer.from_seed("other.example/log", bytes(32)).verifier.vkey()
    assert "log key" in {check.name for check in verified(export(), log_vkey=other).failed}


def test_a_key_that_was_reported_stolen_is_said(rosa: Any, export: Any, sealed: Any) -> None:
    key = SigningKey.objects.get(organisation=rosa.organisation)
    before = export()
    report_stolen_key(key=key, since=NOW, at=NOW)
    sealed()
    response = rosa.client.get(f"/oversight/cases/{key.organisation.cases.get().pk}/case.zip")
    assert response.status_code == 302  # an authority without a key signs nothing
    assert verified(before).holds  # what was exported before knows nothing of it


def test_without_a_key_or_a_log_it_is_said_and_nothing_is_sent(
    rosa: Any, case: Any, moved: Any
) -> None:
    revoke_key(key=SigningKey.objects.get(organisation=rosa.organisation), at=NOW)
    page = rosa.client.get(f"/oversight/cases/{case.pk}/case.zip", follow=True).content.decode()
    assert "no signing key" in page


def test_what_waits_for_its_seal_is_named_without_evidence(rosa: Any, moved: Any, filled: Any, export: Any) -> None:  # fmt: skip
    moved.do("inspect", rosa, [uri("S0")]).raise_refused()
    data = export()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        index = json.loads(archive.read("case.json"))
    assert index["items"][0]["evidence"] is None and "sealed" in index["items"][0]["why"]
    assert verified(data).holds


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as whoever got the file would run it: no Django, no database, no settings."""
    code = (
        "import sys; sys.modules['django'] = None; sys.modules['psycopg2'] = None\n"
        "from pharmatrace.kernel.__main__ import run; sys.exit(run())"
    )
    return subprocess.run(
        [sys.executable, "-c", code, "verify", *arguments], cwd=ROOT, capture_output=True, text=True,
        env={"PATH": "/usr/bin:/bin"},
    )  # fmt: skip


def test_the_command_verifies_a_case_without_django(export: Any, tmp_path: Path) -> None:
    file = tmp_path / "case.zip"
    file.write_bytes(export())
    good = run(str(file), "--log-key", log_verifier().vkey())
    assert (good.returncode, good.stderr) == (0, "")
    assert "signed the manifest" in good.stdout and "HOLDS" in good.stdout
    file.write_bytes(changed(export(), lambda files: files.update({"index.html": b"lies"})))
    bad = run(str(file))
    assert bad.returncode == 1 and "FAIL file" in bad.stdout
    file.write_bytes(b"PK\x03\x04 nonsense")
    assert run(str(file)).returncode == 2


def zip_of(*parts: tuple[str, bytes], **how: Any) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", **how) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return target.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x05\x06" + bytes(18),
        zip_of(("../manifest.txt", b"x")),
        zip_of(("/etc/passwd", b"x")),
        zip_of(("evidence\\1.json", b"x")),
        zip_of(("manifest.txt", b"x")),
        zip_of(("manifest.txt", b"x"), compression=zipfile.ZIP_BZIP2),
        zip_of(*((f"a{n}", b"") for n in range(5_002))),
        zip_of(("manifest.txt", b"\n\n\xe2\x80\x94 a b\n")),
        zip_of(("manifest.txt", b"pharmatrace case file/1\n\n\xe2\x80\x94 a AAAAAAAA\n")),
    ],
)
def test_a_hostile_archive_is_refused(data: bytes) -> None:
    with pytest.raises(NotACase):
        verified(data)


@pytest.mark.parametrize(
    "name", ["../manifest.txt", "/etc/passwd", "evidence\\1.json", "A.txt", "a/../b", "a" * 101]
)
def test_a_name_that_leads_elsewhere_is_refused_as_such(name: str) -> None:
    with pytest.raises(NotACase, match="a name that no case file uses"):
        Archive(io.BytesIO(zip_of((name, b"x"))))


def test_a_bomb_is_not_unpacked(monkeypatch: Any) -> None:
    monkeypatch.setattr("pharmatrace.kernel.casefile.archive.LARGEST", 1_000)
    with pytest.raises(NotACase, match="larger than"):
        Archive(io.BytesIO(zip_of(("a", bytes(5_000)), compression=zipfile.ZIP_DEFLATED)))


def test_a_size_that_lies_is_found() -> None:
    data = bytearray(zip_of(("aaaa", b"x" * 1_000), compression=zipfile.ZIP_DEFLATED))
    at = data.rindex(b"PK\x01\x02") + 24  # the size in the central directory
    data[at : at + 4] = (10).to_bytes(4, "little")
    with pytest.raises(NotACase):
        Archive(io.BytesIO(bytes(data))).read("aaaa")


@pytest.mark.parametrize("line", ["x", "0" * 64 + " 1", "0" * 64 + " 01 a", "0" * 64 + " 1 ../a", "0" * 64 + " 1 manifest.txt"])  # fmt: skip
def test_a_manifest_is_read_strictly(line: str) -> None:
    head = (
        "pharmatrace case file/1\ncase 00000000-0000-0000-0000-000000000000\n"
        "issuer did:web:a\nmade 2026-01-01T00:00:00Z\n"
    )
    read_manifest(f"{head}{'0' * 64} 1 a\n")
    with pytest.raises(ManifestError):
        read_manifest(f"{head}{line}\n")
    with pytest.raises(ManifestError):
        read_manifest(f"{head}{'0' * 64} 1 a\n{'0' * 64} 1 a\n")
