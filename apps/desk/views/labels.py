"""Printing labels: of a batch's packs in parts, of one package, as PDF or for a label printer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from apps.catalog.models import Batch
from apps.catalog.selectors import batches_for
from apps.custody.models import Package
from apps.desk.access import TRADERS, Kind, Member
from apps.desk.forms.labels import CaseLabelForm, PackLabelsForm
from apps.labels.content import PackLabel
from apps.labels.design import Design
from apps.labels.pdf_labels import sheets
from apps.labels.selectors import AT_ONCE, case_label, labelled_packs, pack_label, pack_labels
from apps.labels.stocks import CASE_STOCKS, PACK_STOCKS
from apps.labels.zpl import case_zpl, pack_zpl
from pharmatrace.kernel.custody.kinds import Level
from pharmatrace.kernel.refusal import Refused

TYPES = {"pdf": "application/pdf", "zpl": "application/zpl"}
MOST_PARTS = 400
DEFAULTS = {"stock": "a4-24", "bears": "datamatrix", "title": "GTIN", "dpi": 203, "skip": 0}


class BatchLabels(Member, TemplateView):
    """Choose stock and code; the files to fetch follow from it, 2,500 labels each."""

    kinds = (Kind.MANUFACTURER,)
    records = True
    template_name = "desk/labels.html"

    @cached_property
    def batch(self) -> Batch:
        return get_object_or_404(batches_for(self.actor), pk=self.kwargs["pk"])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        form = PackLabelsForm(self.request.GET if "stock" in self.request.GET else DEFAULTS)
        count = labelled_packs(self.batch)
        fits = count > 0 and form.is_valid() and _fits(form, self.batch)
        return super().get_context_data(**context) | {
            "batch": self.batch,
            "form": form,
            "count": count,
            "parts": _parts(count) if fits else [],
            "query": _query(form),
            "asked": "stock" in self.request.GET,
        }


def _fits(form: PackLabelsForm, batch: Batch) -> bool:
    """Tries one label, so that a file never breaks off in the middle for want of room."""
    try:
        for label in pack_labels(batch, first=0, count=1):
            design_of(form).pack(label)
    except Refused as refused:
        form.add_error("stock", str(refused))
        return False
    return True


def design_of(form: PackLabelsForm) -> Design:
    data = form.cleaned_data
    return Design(
        data["stock"],
        bears=data.get("bears") or "datamatrix",
        title=data.get("title") or "GTIN",
        stem=settings.SITE_URL,
    )


def _parts(count: int) -> list[dict[str, int]]:
    firsts = range(0, min(count, AT_ONCE * MOST_PARTS), AT_ONCE)
    return [
        {"number": n, "first": first + 1, "last": min(first + AT_ONCE, count)}
        for n, first in enumerate(firsts, start=1)
    ]


def _query(form: PackLabelsForm) -> str:
    """The form again, as the files' addresses carry it."""
    given = {name: form.data.get(name) for name in form.fields}
    return urlencode({name: value for name, value in given.items() if value not in (None, "")})


class BatchLabelsFile(BatchLabels):
    """One part, streamed as it is drawn."""

    form = "pdf"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        form = PackLabelsForm(request.GET if "stock" in request.GET else DEFAULTS)
        text = request.GET.get("part", "1")
        part = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
        if not form.is_valid() or not 1 <= part <= MOST_PARTS or not _fits(form, self.batch):
            raise Http404(_("These labels cannot be made."))
        labels = pack_labels(self.batch, first=(part - 1) * AT_ONCE, count=AT_ONCE)
        skip = (form.cleaned_data.get("skip") or 0) if part == 1 else 0
        name = f"labels-{self.batch.lot}-{part}"
        return _file(
            printed(labels, form, self.form, title=f"{self.batch}", skip=skip), name, self.form
        )


def printed(
    labels: Iterator[PackLabel], form: PackLabelsForm, kind: str, *, title: str, skip: int
) -> Iterator[bytes]:
    design = design_of(form)
    if kind == "zpl":
        dpi = form.cleaned_data.get("dpi") or 203
        return pack_zpl(design.packs(labels), stock=design.stock, dpi=dpi, stem=design.stem)
    placed = (one for _label, one in design.packs(labels))
    return sheets(placed, stock=design.stock, title=title, skip=skip)


class PackageLabel(Member, View):
    """The label of one package: of a pack its maker's, of a container whoever holds it."""

    kinds = TRADERS
    records = True
    form = "pdf"

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        package = get_object_or_404(self._mine(), pk=pk)
        if package.level == Level.PACK and package.batch:
            return self._pack(request, package, package.batch)
        return self._case(request, package)

    def _mine(self) -> Any:
        me = self.actor.organisation_id
        return Package.objects.filter(
            Q(batch__product__manufacturer_id=me) | Q(custodian_id=me) | Q(parent__custodian_id=me)
        ).select_related("batch__product")

    def _pack(self, request: HttpRequest, package: Package, batch: Batch) -> HttpResponseBase:
        form = PackLabelsForm(_asked(request, DEFAULTS | {"stock": "roll-50-25"}, PACK_STOCKS))
        if batch.product.manufacturer_id != self.actor.organisation_id or not form.is_valid():
            raise Http404
        label = pack_label(package.path, batch)
        pieces = _drawn_first(printed(iter([label]), form, self.form, title=label.serial, skip=0))
        return _file(pieces, f"label-{label.serial}", self.form)

    def _case(self, request: HttpRequest, package: Package) -> HttpResponseBase:
        form = CaseLabelForm(_asked(request, {"stock": "a6", "dpi": 203}, CASE_STOCKS))
        if not package.path.startswith("00/") or not form.is_valid():
            raise Http404
        label = case_label(package, sender=self.actor.name, place=self.membership.site.name)
        design = Design(form.cleaned_data["stock"])
        dpi = form.cleaned_data.get("dpi") or 203
        pieces = (
            case_zpl(iter([(label, design.case(label))]), stock=design.stock, dpi=dpi)
            if self.form == "zpl"
            else sheets(iter([design.case(label)]), stock=design.stock, title=label.sscc)
        )
        return _file(_drawn_first(pieces), f"sscc-{label.sscc}", self.form)


def _asked(request: HttpRequest, defaults: dict[str, Any], stocks: dict[str, Any]) -> Any:
    return request.GET if request.GET.get("stock") in {*stocks, "custom"} else defaults


def _drawn_first(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Draws before the answer begins, so that a label that does not fit is a page, not half a file."""
    try:
        first = next(pieces)
    except Refused as refused:
        raise Http404(str(refused)) from None
    return chain([first], pieces)


def _file(pieces: Iterator[bytes], name: str, kind: str) -> StreamingHttpResponse:
    """A PDF opens, ZPL is kept: browsers cannot show it."""
    safe = "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in name)
    how = "inline" if kind == "pdf" else "attachment"
    return StreamingHttpResponse(
        pieces,
        content_type=TYPES[kind],
        headers={
            "Content-Disposition": f'{how}; filename="{safe}.{kind}"',
            "Cache-Control": "private, no-store",
        },
    )
