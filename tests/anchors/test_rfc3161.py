"""Time-stamp authorities: an openssl TSA on loopback stamps what is published, and every bad token is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.x509 import load_pem_x509_certificate
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from apps.anchors.models import Anchor, AnchorAttempt
from apps.anchors.rfc3161.authorities import read_authorities
from apps.anchors.rfc3161.backend import configured
from apps.anchors.telling import tell
from apps.ledger.selectors import latest_checkpoint, log_verifier
from apps.ledger.services import open_log, seal
from pharmatrace.kernel.evidence.anchor_rfc3161 import check_token
from pharmatrace.kernel.evidence.anchor_stamped import AnchorError, stamped
from tests.anchors.openssl_tsa import POLICY, OpensslTsa, serving
from tests.ledger.statements import append_some

STAMPED = b"mia.example/log\n1\nAAAA\n\n\xe2\x80\x94 mia.example/log BBBB\n"


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> OpensslTsa:
    return OpensslTsa(tmp_path_factory.mktemp("tsa") / "ca")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> OpensslTsa:
    return OpensslTsa(tmp_path_factory.mktemp("other") / "ca")


def roots(tsa: OpensslTsa) -> list[Any]:
    return [load_pem_x509_certificate(tsa.root.read_bytes())]


def stamped_now() -> bytes:
    newest = latest_checkpoint()
    assert newest
    return stamped(newest.note, log_verifier())


@pytest.mark.django_db(transaction=True)
def test_a_published_checkpoint_is_stamped_and_openssl_accepts_the_stored_token(
    tsa: OpensslTsa, settings: Any
) -> None:
    now = timezone.now()
    open_log(at=now)
    append_some(3)
    seal(at=now)
    with serving(lambda *asked: (200, tsa.reply(asked[2]), {})) as url:
        settings.ANCHOR_RFC3161 = [f"{url}|{tsa.root}|{POLICY}"]
        assert tell(at=timezone.now()) == 1
        assert tell(at=timezone.now()) == 0  # it is told once
    anchor = Anchor.objects.get(backend="rfc3161")
    assert anchor.proof is not None
    assert anchor.target == url
    assert anchor.receipt["authority"] == "CN=Testing tsa"
    assert tsa.verifies(bytes(anchor.proof), stamped_now())
    assert not tsa.verifies(bytes(anchor.proof), stamped_now() + b"x")
    assert AnchorAttempt.objects.get().state == "done"


@pytest.mark.django_db(transaction=True)
def test_only_the_newest_is_told_when_its_time_has_come(tsa: OpensslTsa, settings: Any) -> None:
    now = timezone.now()
    open_log(at=now)
    with serving(lambda *asked: (200, tsa.reply(asked[2]), {})) as url:
        settings.ANCHOR_RFC3161 = [f"{url}|{tsa.root}"]
        settings.ANCHOR_RFC3161_ENTRIES, settings.ANCHOR_RFC3161_EVERY = 4, 60
        tell(at=now)
        for number in range(3):
            append_some(1, start=number)
            seal(at=now)
        assert tell(at=now + timedelta(seconds=59)) == 0
        assert tell(at=now + timedelta(seconds=60)) == 1
        append_some(4, start=10)
        seal(at=now)
        assert tell(at=now + timedelta(seconds=60)) == 1  # so many entries came
    assert [row.checkpoint_id for row in Anchor.objects.filter(backend="rfc3161").order_by("id")] == [1, 4, 8]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_an_authority_that_is_down_is_asked_later_and_later_and_then_about_the_newest(
    tsa: OpensslTsa, settings: Any
) -> None:
    now = timezone.now()
    open_log(at=now)
    up = False
    with serving(lambda *asked: (200 if up else 503, tsa.reply(asked[2]), {})) as url:
        settings.ANCHOR_RFC3161 = [f"{url}|{tsa.root}"]
        assert tell(at=now) == 1
        attempt = AnchorAttempt.objects.get()
        assert (attempt.state, attempt.failing_since, attempt.tries) == ("waiting", now, 1)
        assert attempt.last_error == "it answers 503"
        assert tell(at=now + timedelta(seconds=29)) == 0
        assert tell(at=now + timedelta(seconds=30)) == 1
        assert tell(at=now + timedelta(seconds=89)) == 0
        append_some(2)
        seal(at=now)
        up = True
        assert tell(at=now + timedelta(seconds=90)) == 1
    attempt = AnchorAttempt.objects.get()
    assert (attempt.state, attempt.failing_since, attempt.last_error) == ("done", None, "")
    assert attempt.checkpoint_id == 3
    assert Anchor.objects.get(backend="rfc3161").checkpoint_id == 3


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_between_asking_and_storing_delays_and_loses_nothing(
    tsa: OpensslTsa, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    open_log(at=now)
    with serving(lambda *asked: (200, tsa.reply(asked[2]), {})) as url:
        settings.ANCHOR_RFC3161 = [f"{url}|{tsa.root}"]
        with monkeypatch.context() as patch:
            patch.setattr("apps.anchors.telling._keep", _die)
            with pytest.raises(Killed):
                tell(at=now)
        assert tell(at=now + timedelta(minutes=2)) == 0  # somebody may still be at it
        assert tell(at=now + timedelta(minutes=3)) == 1
    assert Anchor.objects.filter(backend="rfc3161").count() == 1


class Killed(BaseException):
    pass


def _die(*_: object) -> None:
    raise Killed


ANSWERS: dict[str, tuple[Callable[[OpensslTsa, OpensslTsa, bytes], Any], str]] = {
    "a-redirect": (
        lambda a, b, asked: (302, b"", {"Location": "http://127.0.0.1:1/"}),
        "answers 302",
    ),
    "a-page-for-people": (lambda a, b, asked: (200, b"<html>", {}), "no time-stamp response"),
    "nothing": (lambda a, b, asked: (200, b"", {}), "no time-stamp response"),
    "without-end": (lambda a, b, asked: (200, b"x" * 70_000, {}), "more than 65,536 bytes"),
    "of-another-question": (lambda a, b, asked: (200, a.stamp(b"other"), {}), "something else"),
    "without-the-nonce": (lambda a, b, asked: (200, a.stamp(stamped_now()), {}), "Nonce mismatch"),
    "of-another-authority": (lambda a, b, asked: (200, b.reply(asked), {}), "does not hold"),
    "a-refusal": (lambda a, b, asked: (200, a.reply(b"0\x000"), {}), "granted no time stamp"),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ANSWERS)
def test_a_bad_answer_is_no_anchor(
    name: str, tsa: OpensslTsa, other: OpensslTsa, settings: Any
) -> None:
    answer, sentence = ANSWERS[name]
    open_log(at=timezone.now())
    with serving(lambda *asked: answer(tsa, other, asked[2])) as url:
        settings.ANCHOR_RFC3161 = [f"{url}|{tsa.root}"]
        tell(at=timezone.now())
    assert not Anchor.objects.filter(backend="rfc3161").exists()
    assert sentence in AnchorAttempt.objects.get().last_error


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("policy", "hours", "sentence"),
    [("1.2.3.9", 0, "Policy ID mismatch"), ("", 2, "one of the clocks is wrong")],
)
def test_a_token_of_another_policy_or_time_is_no_anchor(
    policy: str, hours: int, sentence: str, tsa: OpensslTsa, settings: Any
) -> None:
    open_log(at=timezone.now())
    with serving(lambda *asked: (200, tsa.reply(asked[2]), {})) as url:
        settings.ANCHOR_RFC3161 = [f"{url}|{tsa.root}" + f"|{policy}" * bool(policy)]
        tell(at=timezone.now() + timedelta(hours=hours))
    assert sentence in AnchorAttempt.objects.get().last_error


TOKENS: dict[str, tuple[Callable[[OpensslTsa, bytes], bytes], str]] = {
    "cut-off": (lambda tsa, token: token[:-1], "no time-stamp response"),
    "with-more-after-it": (lambda tsa, token: token + b"\0", "no time-stamp response"),
    "signature-changed": (lambda tsa, token: token[:-1] + bytes([token[-1] ^ 1]), "does not hold"),
    "time-changed": (lambda tsa, token: token.replace(_year(), b"2019"), "does not hold"),
    "over-other-bytes": (lambda tsa, token: tsa.stamp(b"other"), "something else"),
    "sha512": (lambda tsa, token: tsa.stamp(STAMPED, "-sha512"), "another hash"),
    "too-large": (lambda tsa, token: token + b"\0" * 100_000, "too large"),
}  # fmt: skip


def _year() -> bytes:
    return str(datetime.now().year).encode()  # noqa: DTZ005


@pytest.mark.parametrize("name", TOKENS)
def test_a_broken_token_is_named(name: str, tsa: OpensslTsa) -> None:
    change, sentence = TOKENS[name]
    token = change(tsa, tsa.stamp(STAMPED))
    with pytest.raises(AnchorError, match=sentence):
        check_token(token, over=STAMPED, roots=roots(tsa))


def test_a_good_token_holds_and_another_root_does_not(tsa: OpensslTsa, other: OpensslTsa) -> None:
    token = tsa.stamp(STAMPED)
    assert check_token(token, over=STAMPED, roots=roots(tsa)).policy == POLICY
    with pytest.raises(AnchorError, match="does not hold"):
        check_token(token, over=STAMPED, roots=roots(other))
    with pytest.raises(AnchorError, match="no root certificate"):
        check_token(token, over=STAMPED, roots=[])


def test_no_octet_of_a_token_can_be_changed_into_a_fault_of_ours(tsa: OpensslTsa) -> None:
    token = tsa.stamp(STAMPED)
    trusted = roots(tsa)
    for at in range(0, len(token), 3):
        changed = token[:at] + bytes([token[at] ^ 0x55]) + token[at + 1 :]
        try:
            check_token(changed, over=STAMPED, roots=trusted)
        except AnchorError:
            continue
        # What may change unseen is only what no signature covers: the embedded certificates that are not used.
        assert tsa.verifies(changed, STAMPED), at


@pytest.mark.parametrize(
    "entry",
    ["https://tsa.example", "ftp://tsa.example|{root}", "https://u:p@tsa.example|{root}",
     "https://tsa.example|/nowhere.pem", "https://tsa.example|{root}|policy", "https://[|{root}"],
)  # fmt: skip
def test_a_setting_that_cannot_be_meant_stops_the_start(entry: str, tsa: OpensslTsa) -> None:
    with pytest.raises(ImproperlyConfigured, match="ANCHOR_RFC3161"):
        read_authorities([entry.format(root=tsa.root)])


def test_without_authorities_it_does_nothing_and_says_so(settings: Any) -> None:
    settings.ANCHOR_RFC3161 = []
    null = configured()
    assert null.targets() == ()
    assert "ANCHOR_RFC3161" in null.missing


@pytest.fixture(autouse=True)
def only_this_kind(settings: Any, tmp_path: Path) -> None:
    settings.ANCHOR_OPENTIMESTAMPS, settings.ANCHOR_EVM_NODE = [], ""
