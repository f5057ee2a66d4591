"""Lists as files. Each is noted as a look, says what it was narrowed to, and is sent while it is made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.generic import View

from apps.catalog.models import Batch
from apps.desk.oversight.access import Authority, looked
from apps.oversight.exports import csv_writing, epcis_writing, pdf_writing, xlsx_writing
from apps.oversight.exports.lists import LISTS, packs_of
from apps.oversight.exports.table import Table
from apps.oversight.filters import read_filter
from apps.oversight.models import AccessRecord
from apps.parties.permissions import may

FORMS = ("csv", "xlsx", "pdf")


class ExportList(Authority, View):
    def get(self, request: HttpRequest, name: str, form: str) -> HttpResponseBase:
        make = LISTS.get(name)
        if make is None or form not in (*FORMS, "epcis") or (form == "epcis" and name != "events"):
            raise Http404
        if name == "looks" and not may(self.membership, "administer"):
            raise Http404
        narrowed = read_filter(request.GET.dict())
        table = make(narrowed, self.membership, timezone.now())
        concerned = [narrowed.organisation.pk] if narrowed.organisation else None
        if name != "looks":
            looked(request, AccessRecord.Kind.EXPORT, _subject(table, form), concerned)
        if form == "epcis":
            pieces = epcis_writing.epcis_pieces(table, narrowed)
            return _streamed(pieces, table, epcis_writing.MEDIA_TYPE, "jsonld")
        return _written(table, form)


class ExportBatch(Authority, View):
    def get(self, request: HttpRequest, pk: UUID, form: str) -> HttpResponseBase:
        if form not in FORMS:
            raise Http404
        batch = get_object_or_404(Batch.objects.select_related("product"), pk=pk)
        table = packs_of(batch, self.membership, timezone.now())
        maker = batch.product.manufacturer_id
        looked(request, AccessRecord.Kind.EXPORT, _subject(table, form), [maker])
        return _written(table, form)


def _subject(table: Table, form: str) -> str:
    return f"{table.title} ({form.upper()}), {table.narrowed}"


def _written(table: Table, form: str) -> HttpResponseBase:
    if form == "csv":
        return _streamed(csv_writing.csv_pieces(table), table, csv_writing.MEDIA_TYPE, "csv")
    writing: Any = xlsx_writing if form == "xlsx" else pdf_writing
    file = xlsx_writing.xlsx_file(table) if form == "xlsx" else pdf_writing.pdf_file(table)
    response = FileResponse(
        file,
        as_attachment=True,
        filename=f"{table.file_stem}.{form}",
        content_type=writing.MEDIA_TYPE,
    )
    response["Cache-Control"] = "no-store"
    return response


def _streamed(
    pieces: Iterator[bytes], table: Table, media_type: str, ending: str
) -> StreamingHttpResponse:
    response = StreamingHttpResponse(pieces, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{table.file_stem}.{ending}"'
    response["Cache-Control"] = "no-store"
    return response
