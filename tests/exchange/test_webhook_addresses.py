"""Reports are not a way into our network: which URLs and addresses are sent to, and how the sending ends."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from apps.exchange.webhooks import addresses, posting
from apps.exchange.webhooks.addresses import Forbidden, check_destination, is_allowed
from apps.exchange.webhooks.posting import Answer, post
from pharmatrace.kernel.refusal import Refused
from tests.exchange.receiver import Receiver, status

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
INSIDE = [
    "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "127.0.0.1", "0.0.0.0", "100.64.0.1",
    "224.0.0.1", "224.0.1.1", "239.1.2.3", "255.255.255.255", "192.0.0.8", "198.18.0.1", "240.0.0.1", "::1", "::",
    "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1",
    "2002:0a00:0001::1", "64:ff9b::10.0.0.1", "64:ff9b::a9fe:a9fe", "::10.0.0.1", "fec0::1",
    "2001:0:4136:e378:8000:63bf:f5ff:fffe", "::ffff:0:10.0.0.1",
]  # fmt: skip


@pytest.fixture
def closed(settings: Any) -> None:
    settings.WEBHOOK_PRIVATE_ADDRESSES = []


@pytest.mark.parametrize("text", INSIDE)
def test_addresses_inside_are_not_sent_to(closed: None, text: str) -> None:
    assert not is_allowed(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_addresses_of_the_internet_are(closed: None, text: str) -> None:
    assert is_allowed(ipaddress.ip_address(text))


def test_the_operator_lists_networks_that_are_meant(settings: Any) -> None:
    settings.WEBHOOK_PRIVATE_ADDRESSES = [ipaddress.ip_network("10.20.0.0/16")]
    allowed = ["10.20.3.4", "::ffff:10.20.3.4"]
    assert [one for one in [*INSIDE, *allowed] if is_allowed(ipaddress.ip_address(one))] == allowed


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f.0.0.1/",
        "https://0177.0.0.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://0/",
        "https://169.254.169.254/latest/meta-data", "http://partner.example.org/",
        "https://u@partner.example.org/", "https://:p@partner.example.org/",
        "https://partner.example.org\\@127.0.0.1/", "https://partner.example.org /",
        "https://partner.example.org/\r\nX: y", "gopher://partner.example.org/", "file:///etc/passwd",
        "//partner.example.org/", "partner.example.org", "", "https:///x", "https://пример.org/",
        "https://partner.example.org:0/", "https://partner.example.org:x/", "HTTPS://",
    ],
)  # fmt: skip
def test_urls_that_are_refused(closed: None, url: str) -> None:
    with pytest.raises(Refused) as refused:
        check_destination(url)
    assert refused.value.codes == ("destination",)


@pytest.mark.parametrize(
    "url",
    [
        "https://partner.example.org", "https://partner.example.org:8443/a/b?c=d%20e",
        "HTTPS://Partner.Example.ORG/", "https://8.8.8.8/in", "https://xn--e1afmkfd.org/",
    ],
)  # fmt: skip
def test_urls_that_are_taken(closed: None, url: str) -> None:
    assert check_destination(url) == url


def test_without_tls_only_on_this_machine_unless_the_operator_says_so(settings: Any) -> None:
    for url in ("http://localhost:8000/", "http://127.0.0.1:8000/", "http://[::1]/"):
        assert check_destination(url) == url
    settings.WEBHOOK_HTTP = True
    assert check_destination("http://partner.example.org/")


# --- names that lead inside --------------------------------------------------------------------------------


def names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Each look-up takes the next answer, and then the last for ever; returns the names looked up."""
    asked: list[str] = []

    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        answer = answers[min(len(asked), len(answers)) - 1]
        if not answer:
            raise socket.gaierror("not known")
        family = {4: socket.AF_INET, 6: socket.AF_INET6}
        return [
            (family[ipaddress.ip_address(one).version], socket.SOCK_STREAM, 6, "", (one, port))
            for one in answer
        ]

    monkeypatch.setattr(addresses.socket, "getaddrinfo", look_up)
    return asked


def send(url: str) -> Answer:
    return post(url, b"{}", {"Content-Type": "application/json"}, at=NOW)


@pytest.mark.parametrize("inside", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::1"], ["10.1.1.1"]])
def test_a_name_that_leads_inside_is_not_connected_to(
    closed: None, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, inside: list[str]
) -> None:
    names(monkeypatch, inside)
    answer = send(f"https://partner.example.org:{receiver.port}/")
    assert (answer.status, answer.forbidden) == (0, True)
    assert "network" in answer.fault
    assert receiver.requests == []


def test_a_name_is_looked_up_once_and_that_address_connected_to(
    settings: Any, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rebinding: a second look-up would have led elsewhere."""
    settings.WEBHOOK_HTTP = True
    asked = names(monkeypatch, ["127.0.0.1"], ["10.0.0.1"])
    assert send(f"http://partner.example.org:{receiver.port}/in").status == 200
    assert asked == ["partner.example.org"]
    (one,) = receiver.requests
    assert one.headers["host"] == f"partner.example.org:{receiver.port}"
    assert one.path == "/in"


def test_a_name_that_leads_out_is_not_sent_to_without_tls(
    closed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    names(monkeypatch, ["8.8.8.8"])
    answer = send("http://localhost/")
    assert answer.forbidden
    assert "https" in answer.fault


def test_redirections_proxies_and_passwords_of_the_surroundings_take_no_part(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with Receiver() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        receiver.will_answer(status(302, Location=proxy.url, Set_Cookie="a=b"))
        assert send(receiver.url).status == 302
        assert send(receiver.url).status == 200
        assert proxy.requests == []
    for one in receiver.requests:
        assert not {"authorization", "cookie", "proxy-authorization"} & set(one.headers)


# --- how it ends -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["hang", "drip"])
def test_who_does_not_finish_is_hung_up_on(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(posting, "AT_MOST", 0.4)
    receiver.will_answer(how)
    begun = monotonic()
    answer = send(receiver.url)
    assert monotonic() - begun < 5
    assert answer.status == 0
    assert "No answer within" in answer.fault


def test_who_is_silent_is_given_up(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "READ_WITHIN", 0.2)
    receiver.will_answer("hang")
    assert send(receiver.url) == Answer(0, "No answer in time.")


def test_an_endless_answer_is_not_read_to_its_end(receiver: Receiver) -> None:
    receiver.will_answer(b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n" + b"x" * 9_000_000)
    begun = monotonic()
    assert send(receiver.url).status == 200
    assert monotonic() - begun < 5


@pytest.mark.parametrize(
    "answer", ["die", b"\x00\xff\r\n\r\n", b"HTTP/1.1 999999 x\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 500]
)  # fmt: skip
def test_nonsense_is_no_answer(receiver: Receiver, answer: Any) -> None:
    receiver.will_answer(answer)
    told = send(receiver.url)
    assert told.status == 0
    assert told.fault and not told.forbidden


def test_nobody_there(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    assert send(f"http://127.0.0.1:{port}/").fault == "It refuses connections."
    names(monkeypatch, [])
    assert send("https://partner.example.org/").fault == "Its name is not known."


# --- TLS ---------------------------------------------------------------------------------------------------


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """For partner.example.org, signed by itself; key and certificate in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "partner.example.org")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("partner.example.org")]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "partner.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )  # fmt: skip
    return file


@pytest.fixture
def secure(certificate: Path) -> Any:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    with Receiver(context) as one:
        yield one


def test_tls_is_verified_for_the_name_that_was_asked_for(
    secure: Receiver, certificate: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    names(monkeypatch, ["127.0.0.1"])
    url = f"https://partner.example.org:{secure.port}/in"
    assert "TLS" in send(url).fault  # nobody vouches for it
    settings.WEBHOOK_CA_FILE = str(certificate)
    assert send(url).status == 200
    assert "TLS" in send(url.replace("partner", "other")).fault  # right authority, wrong name
    assert len(secure.requests) == 1


def test_the_deadline_holds_under_tls(
    secure: Receiver, certificate: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    names(monkeypatch, ["127.0.0.1"])
    settings.WEBHOOK_CA_FILE = str(certificate)
    monkeypatch.setattr(posting, "AT_MOST", 0.6)
    secure.will_answer("drip")
    begun = monotonic()
    assert "No answer within" in send(f"https://partner.example.org:{secure.port}/").fault
    assert monotonic() - begun < 5


def test_a_forbidden_address_is_told_as_such(closed: None) -> None:
    with pytest.raises(Forbidden):
        addresses.connect("127.0.0.1", 9, plain=False, timeout=1.0)
