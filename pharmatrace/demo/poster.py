"""What `make demo` prints when everything is there: where to go, as whom, and what to look at."""

from __future__ import annotations

from collections.abc import Iterator

from pharmatrace.demo.batches import BATCHES, MISTYPED, moved_expiry
from pharmatrace.demo.cast import CAST, STARS
from pharmatrace.demo.fill import Filled
from pharmatrace.demo.highlights import Highlight
from pharmatrace.kernel.custody.act import RESOLVER

_WORTH = {
    "maker-m": "registers products and batches, commissions, packs, ships",
    "wholesaler": "receives pallets, ships cases to pharmacies",
    "pharmacy-porto": "has a delivery waiting; verifies and dispenses",
    "regulator": "sees every pack's timeline with its proofs",
}


def poster(filled: Filled, *, site_url: str, password: str) -> Iterator[str]:
    """Lines of text."""
    yield ""
    yield f"PharmaTrace runs at {site_url}/"
    yield ""
    yield f"Accounts (password of all: {password})"
    for key in STARS:
        player = CAST[key]
        yield f"  {player.email:<20} {player.kind:<13} {player.name}: {_WORTH[key]}"
    others = ", ".join(p.email.partition("@")[0] for key, p in CAST.items() if key not in STARS)
    yield f"  also @demo.example:  {others}"
    yield ""
    yield "Worth opening"
    for name, url in links(filled, site_url=site_url).items():
        yield f"  {name:<42} {url}"
    yield ""
    yield "At Petra's counter, to scan or paste into the box (docs/guide/pharmacy.md)"
    for name, code in counter_codes(filled).items():
        yield f"  {name:<42} {code}"
    yield ""
    yield from _what_happened(filled)


def links(filled: Filled, *, site_url: str) -> dict[str, str]:
    """The pages worth opening, by what they show."""
    packs = filled.packs
    return {
        "a good pack, with its evidence": _link(packs.good, filled, site_url),
        "a pack of a recalled batch": _link(packs.recalled, filled, site_url),
        "a serial presented twice": _link(packs.cloned, filled, site_url),
        "an expired pack": _link(packs.expired, filled, site_url),
        "the log's newest checkpoint": f"{site_url}/log/checkpoint",
    }


def _link(pack: Highlight, filled: Filled, site_url: str) -> str:
    """The GS1 Digital Link as it would be printed on the pack, at this installation."""
    gtin, _, serial = pack.uri.removeprefix(f"{RESOLVER}01/").partition("/21/")
    expiry = moved_expiry(pack.batch, today=filled.world.today)
    return f"{site_url}/01/{gtin}/10/{pack.batch.lot}/21/{serial}?17={expiry:%y%m%d}"


def counter_codes(filled: Filled) -> dict[str, str]:
    """Codes of packs on Petra's shelf, as people write them, by what the counter says."""
    packs = filled.packs
    return {
        "may be dispensed": _code(packs.good, filled),
        "recalled this morning": _code(packs.recalled_at_counter, filled),
        "its label shows another lot": _code(packs.good, filled, lot="X0000"),
    }


def _code(pack: Highlight, filled: Filled, *, lot: str = "") -> str:
    gtin, _, serial = pack.uri.removeprefix(f"{RESOLVER}01/").partition("/21/")
    expiry = moved_expiry(pack.batch, today=filled.world.today)
    return f"(01){gtin}(21){serial}(17){expiry:%y%m%d}(10){lot or pack.batch.lot}"


def _what_happened(filled: Filled) -> Iterator[str]:
    scale = filled.world.scale
    packs = sum(scale.packs(batch.quantity) for batch in BATCHES)
    ratio = "all packs" if scale.divisor == 1 else f"1 pack for {scale.divisor} real ones"
    yield f"{packs:,} packs of 20 real batches ({ratio}); the log has {filled.log_size:,} entries."
    yield "The figures are real; the expiries are moved forward by whole years; people and places are invented."
    yield "Refused, as it must be:"
    refused = filled.refusals
    yield f"  {MISTYPED.name} {MISTYPED.gtin}: {refused['mistyped'].sentence}"
    yield f"  the copied serial: {refused['clone'].sentence}"
    yield f"  the expired pack: {refused['expired'].sentence}"
