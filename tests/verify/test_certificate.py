"""The certificate: one page, from public evidence alone, with a code that a scanner reads and the kernel verifies."""

from __future__ import annotations

import re
import zlib
from base64 import a85decode
from typing import Any

import pytest
from django.test import Client
from PIL import Image, ImageFilter

from apps.ledger.selectors import latest_checkpoint, log_verifier
from apps.verify.qr_evidence import qr_evidence
from apps.verify.services import prove
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.evidence.bundle import read_bundle
from pharmatrace.kernel.evidence.compact import verify_compact
from pharmatrace.kernel.evidence.digits import from_digits
from pharmatrace.kernel.tlog.base64text import to_base64
from tests.custody.goods import GTIN, Goods, package, uri, uris

pytestmark = pytest.mark.django_db
ADDRESS = f"/verify/certificate/01/{GTIN}/21/S0.pdf"


def words(pdf: bytes) -> str:
    """The text of a PDF of ours: its streams are packed and its strings are plain."""
    found = []
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        raw = zlib.decompress(a85decode(stream.strip().removesuffix(b"~>")))
        found += re.findall(rb"\(((?:[^()\\]|\\.)*)\) Tj", raw)
    text = b" ".join(found).decode("cp1252")
    return re.sub(r"\\(.)", r"\1", text)


def test_it_says_what_is_proven_in_plain_words(sold: Goods, stranger: Client, mia: Any) -> None:
    response = stranger.get(ADDRESS)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].endswith(f'"pharmatrace-01-{GTIN}-21-S0.pdf"')
    assert response.content.count(b"/Type /Page\n") == 1
    text, newest = words(response.content), latest_checkpoint()
    assert newest
    for said in (
        "Certificate of record", GTIN, "S0", "L1", mia.organisation.name, "What this does not prove",
        "codes can be copied", log_verifier().name, str(newest.size), to_base64(bytes(newest.root)),
        "The log signed the state", "without a gap",
    ):  # fmt: skip
        assert said in text, said


def test_it_is_the_same_for_everybody_and_names_no_partner(
    sold: Goods, stranger: Client, dan: Any, petra: Any, rosa: Any
) -> None:
    pages = {words(client.get(ADDRESS).content) for client in (stranger, rosa.client, dan.client)}
    assert len(pages) == 1
    (text,) = pages
    for person in (dan, petra):
        for secret in (person.organisation.name, person.organisation.gln, person.user.name, person.user.email):  # fmt: skip
            assert secret not in text


def test_the_code_holds_for_whoever_has_the_logs_key(sold: Goods) -> None:
    bundle = read_bundle(prove(package=package(uri("S0")), level="public"))
    qr = qr_evidence(bundle, address="https://trace.example.org/verify/qr/")
    assert qr
    address, _, digits = qr.text.partition("#")
    assert address == "https://trace.example.org/verify/qr/"
    verdict = verify_compact(from_digits(digits), log_vkey=log_verifier().vkey())
    assert verdict.holds, verdict.failed
    assert len(from_digits(digits)) == qr.octets
    assert qr.version <= 25


def test_what_cannot_be_proven_has_no_certificate(
    sold: Goods, stranger: Client, mia: Any, goods: Goods
) -> None:
    for address, status in (
        (f"/verify/certificate/01/{GTIN}/21/NEVER.pdf", 404),
        ("/verify/certificate/hello.pdf", 400),
        ("/verify/certificate/%00.pdf", 400),
    ):
        assert stranger.get(address).status_code in (status, 404), address
    goods.do(Kind.INSPECT, mia, [uris(4)[3]])
    waiting = stranger.get(f"/verify/certificate/01/{GTIN}/21/S3.pdf")
    assert waiting.status_code == 503
    assert waiting["Retry-After"]


def test_the_page_that_the_code_leads_to(sold: Goods, stranger: Client) -> None:
    response = stranger.get("/verify/qr/")
    assert log_verifier().vkey() in response.content.decode().replace("&#x2B;", "+")
    assert not response.cookies


def test_a_scanner_reads_the_code_even_turned_and_blurred(sold: Goods) -> None:
    """Three pixels to a module, turned by four degrees and out of focus: what a phone sees of 82 mm of paper."""
    zxingcpp = pytest.importorskip("zxingcpp", reason="zxing-cpp, which reads codes, is not here")
    bundle = read_bundle(prove(package=package(uri("S0")), level="public"))
    qr = qr_evidence(bundle, address="https://trace.example.org/verify/qr/")
    assert qr
    side = len(qr.rows)
    image = Image.new("L", (side, side))
    image.putdata([0 if dark else 255 for row in qr.rows for dark in row])
    sharp = image.resize((side * 4, side * 4), Image.Resampling.NEAREST)
    seen = sharp.resize((side * 3, side * 3), Image.Resampling.BILINEAR)
    seen = seen.rotate(4, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
    for picture in (sharp, seen.filter(ImageFilter.GaussianBlur(0.8))):
        (found,) = zxingcpp.read_barcodes(picture)
        assert found.text == qr.text
