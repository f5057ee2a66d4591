"""A button that does one thing: what was refused becomes a message, and one is back on the page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.generic import View

from pharmatrace.kernel.refusal import Refused


class Button(View):
    """POST only. `do` returns what to say; `back` is where it leads."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            messages.success(request, self.do())
        except Refused as refused:
            messages.error(request, str(refused))
        return HttpResponseRedirect(self.back())

    def do(self) -> str:
        raise NotImplementedError

    def back(self) -> str:
        raise NotImplementedError


def add_refusals(form: Any, refused: Refused) -> None:
    """Each refusal at its field, where the form has it."""
    for one in refused.refusals:
        name = str(one.data.get("field", ""))
        form.add_error(name if name in form.fields else None, one.sentence)
