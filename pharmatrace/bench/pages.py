"""How fast lists are with a million packs behind them, and what the public page weighs on the wire."""

from __future__ import annotations

import gzip
import http.client
import re
from collections.abc import Iterator
from html import unescape

from django.conf import settings

from apps.catalog.models import Batch
from apps.custody.models import Package
from pharmatrace.bench import pages_goods as goods
from pharmatrace.bench.figures import Figure, percentile
from pharmatrace.bench.ground import Ground
from pharmatrace.bench.load import Request, closed_loop
from pharmatrace.bench.verify import fill_up

TARGET_P95, TARGET_BYTES = 200.0, 50_000.0
WARM, TIMES, CLIENTS = 4, 24, 2
DEEP = 20  # so many pages further on
_NEXT = re.compile(r'rel="next" href="([^"]*)"')
_SHEET = re.compile(r'<link rel="stylesheet" href="([^"]*)"(?! media="print")')
_SCRIPT = re.compile(r'<script type="module" src="([^"]*)"')
_SPRITE = re.compile(r'<use href="([^"#]*)#')

EVERYBODY = ["/master-data/", "/", "/events/", "/refused/", "/alerts/", "/looked-at/", "/settings/record/",
             "/search/?q=examplin", "/search/?q=BENCH", "/search/?q={serial}&kind=package"]  # fmt: skip
TRADERS = [*EVERYBODY, "/stock/", "/stock/?level=pack", "/stock/?status=active", "/incoming/", "/outgoing/", "/overdue/",
           "/inventory/", "/quarantine/", "/returns/", "/orders/", "/sessions/"]  # fmt: skip
LISTS = {
    goods.MAKER: [*TRADERS, "/products/", "/batches/", "/jobs/", "{batch}", "{packs}"],
    goods.WHOLESALER: [*TRADERS, "{delivery}"],
    goods.PHARMACY: [*TRADERS, "/stock/?status=supplied"],
    goods.REGULATOR: [*EVERYBODY, "/products/", "/batches/", "/batches/recalled/", "{batch}", "{packs}", "{event}",
                      "/oversight/alerts/", "/oversight/cases/", "/oversight/licences/", "/oversight/recalls/",
                      "/oversight/organisations/", "{organisation}", "/oversight/access/"],
}  # fmt: skip


def measure(ground: Ground) -> Iterator[Figure]:
    packs = fill_up(ground, ground.size(ground.packs))
    goods.spread(ground)
    times: dict[str, tuple[float, float]] = {}
    for who in LISTS:
        headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={goods.cookie_of(ground, who)}"}
        for name, address in _addresses(ground, who):
            deep = [(f"{name} page {DEEP}", one) for one in _further(ground, address, headers)]
            for called, asked in ((name, address), *deep):
                median, p95 = times[f"{who} {called}"] = _timed(ground, asked, headers)
                ground.say(f"{p95:7.1f} ms (p95) {median:7.1f} ms (p50) {who} {called}")
    ranked = sorted(times, key=lambda name: -times[name][1])
    slowest = "; ".join(f"{name} {times[name][1]:.0f} ms" for name in ranked[1:6])
    yield Figure(
        name="pages",
        work=f"the slowest of {len(ranked)} list pages ({ranked[0]}), {packs:,} packs, {CLIENTS} readers",
        value=times[ranked[0]][1],
        unit="ms (p95)",
        target=TARGET_P95,
        more_is_better=False,
        note=f"then: {slowest}",
    )
    yield from _weight(ground)


def _addresses(ground: Ground, who: str) -> Iterator[tuple[str, str]]:
    batch = Batch.objects.filter(lot__startswith="BENCH").order_by("-quantity")[0]
    for name in LISTS[who]:
        address = name.format(
            serial=goods.some_serial(batch),
            batch=f"/batches/{batch.pk}/",
            packs=f"/batches/{batch.pk}/packs/",
            event=f"/events/{goods.newest_event(goods.MAKER, ground)}/",
            delivery=goods.largest_delivery(ground),
            organisation=f"/oversight/organisations/{ground.world.actors[goods.MAKER].organisation_id}/",
        )
        yield (f"{{{name[1:-1]}}}" if name.startswith("{") else name), address


def _timed(ground: Ground, address: str, headers: dict[str, str]) -> tuple[float, float]:
    """Milliseconds: the median and the 95th percentile."""
    asked = [Request("GET", address, headers=headers)] * (WARM + TIMES)
    closed_loop(ground.web(), asked[:WARM], clients=CLIENTS).must_be_right()
    answered = closed_loop(ground.web(), asked[WARM:], clients=CLIENTS).must_be_right()
    times = [1000 * seconds for seconds in answered.seconds]
    return percentile(times, 0.5), percentile(times, 0.95)


def _further(ground: Ground, address: str, headers: dict[str, str]) -> Iterator[str]:
    """The address of page `DEEP` of a list that is so long."""
    for _ in range(DEEP - 1):
        _, body = _fetched(ground, address, headers)
        found = _NEXT.search(body.decode())
        if not found:
            return
        address = address.partition("?")[0] + unescape(found[1])
    yield address


def _weight(ground: Ground) -> Iterator[Figure]:
    """Octets of the answer to somebody who scans a pack, headers too, as a browser asks for them."""
    pack = Package.objects.filter(level="pack", batch__lot__startswith="BENCH").order_by("id")[0]
    headers = {"Accept": "text/html", "Accept-Encoding": "gzip"}
    page, body = _fetched(ground, f"/{pack.path}", headers)
    html = body.decode()
    first = {*_SHEET.findall(html), *_SPRITE.findall(html)}
    sizes = {address: _fetched(ground, address, headers)[0] for address in first}
    scripts = {address: _fetched(ground, address, headers)[0] for address in _SCRIPT.findall(html)}
    yield Figure(
        name="public_page",
        work="the public page of a pack over the wire: answer, style sheets, icons",
        value=page + sum(sizes.values()),
        unit="octets",
        target=TARGET_BYTES,
        more_is_better=False,
        note=f"the answer itself {page:,}, {len(sizes)} files beside it {sum(sizes.values()):,}; headers are counted;"
        f" {len(scripts)} scripts that come later {sum(scripts.values()):,}, without what they import",
    )


def _fetched(ground: Ground, address: str, headers: dict[str, str]) -> tuple[int, bytes]:
    """How much came, headers included, and the body unpacked."""
    connection = http.client.HTTPConnection(*ground.web(), timeout=60)
    try:
        connection.request("GET", address, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{address} answered {answer.status}")
    size = len(body) + sum(len(name) + len(value) + 4 for name, value in answer.getheaders())
    packed = answer.getheader("Content-Encoding") == "gzip"
    return size, gzip.decompress(body) if packed else body
