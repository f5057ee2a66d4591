"""The explorer's pages: for anybody, without script; where scripts run, the page checks its own proofs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.ledger.log_keys import all_vkeys
from apps.ledger.models import Entry
from apps.ledger.selectors import consistency, inclusion, latest_checkpoint
from apps.ledger.shards import Span, shard_of_entry, shards
from apps.verify.explorer import selectors
from apps.verify.explorer.searching import search
from pharmatrace.kernel.tlog.proofs import ProofError, check_consistency

_DIGITS = 18


@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """Checkpoints, the newest first; with `q`, what fits it."""
    text = request.GET.get("q", "").strip()
    context: dict[str, Any] = {"asked": text[:200], "compare": request.GET}
    if text:
        found = search(text)
        if found.entry and not found.checkpoint:
            return redirect("explorer:entry", found.entry.index)
        if found.checkpoint and not found.entry:
            return redirect("explorer:checkpoint", found.checkpoint.size)
        status = 200 if found.entry else 404 if found.readable else 400
        return _page(request, "found", context | {"found": found}, status=status)
    before = _number(request, "before")
    page = selectors.checkpoints(before=before)
    newest = latest_checkpoint()
    context |= {
        "page": page, "newest": newest, "first": before is None, "origin": _origin(),
        "older": f"{reverse('explorer:ledger')}?before={page[-1].size}" if len(page) == selectors.PAGE else "",
    }  # fmt: skip
    return _page(request, "ledger", context)


@require_safe
def checkpoint(request: HttpRequest, size: int) -> HttpResponse:
    found = selectors.checkpoint_of(size)
    if found is None:
        return _absent(request, _("No checkpoint of this size was published."))
    here = _shard_of(found.first)
    before = selectors.size_before(size, first=found.first)
    context = {
        "checkpoint": found, "before": before, "vkey": _vkey(),
        "grown": f"{reverse('explorer:growth')}?old={before}&new={size}",
        "file": f"/log/{here.prefix}checkpoint/{size - found.first}",
    }  # fmt: skip
    return _page(request, "checkpoint", context)


@require_safe
def entry(request: HttpRequest, index: int) -> HttpResponse:
    """An entry, with its way to the root of the newest checkpoint."""
    here = shard_of_entry(index)
    found = selectors.entry_at(index)
    newest = latest_checkpoint(first=here.first) if found and here else None
    if found is None or here is None or newest is None:
        return _absent(request, _("The published log does not reach that far."))
    context = {
        "entry": found, "newest": newest, "path": inclusion(index, newest.size, first=here.first), "vkey": _vkey(),
        "at": index - here.first, "files": f"/log/{here.prefix}",
        "covered": selectors.size_that_covers(index), "last": newest.size - 1,
    }  # fmt: skip
    return _page(request, "entry", context)


@require_safe
def growth(request: HttpRequest) -> HttpResponse:
    """`?old=&new=`: the sizes of two checkpoints, and the proof that the larger grew from the smaller."""
    sizes = sorted(size for name in ("old", "new") if (size := _number(request, name)))
    if len(sizes) != 2:
        return _absent(
            request, _("Name two sizes of checkpoints, whole numbers from 1."), status=400
        )
    old, new = (selectors.checkpoint_of(size) for size in sizes)
    if old is None or new is None:
        return _absent(request, _("No checkpoint of one of these sizes was published."))
    if old.first != new.first:
        sentence = _(
            "These are of two shards of the log. The first entry of the later one names the last checkpoint of the earlier one."
        )
        return _absent(request, sentence)
    first = old.first
    path = consistency(old.size, new.size, first=first)
    try:
        check_consistency(
            old_root=old.root,
            old_size=old.size - first,
            new_root=new.root,
            new_size=new.size - first,
            path=path,
        )
        fault = ""
    except ProofError as found:
        fault = str(found)
    context = {"old": old, "new": new, "path": path, "fault": fault, "vkey": _vkey(),
        "file": f"/log/{_shard_of(first).prefix}consistency?old={old.size - first}&new={new.size - first}",
    }  # fmt: skip
    return _page(request, "growth", context)


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


def _shard_of(first: int) -> Span:
    return next(one for one in shards() if one.first == first)


def _vkey() -> str:
    """The keys of the log, with spaces between: which of them signed, a checkpoint says."""
    try:
        return all_vkeys()
    except Entry.DoesNotExist:
        return ""


def _origin() -> str:
    return _vkey().partition("+")[0]


def _absent(request: HttpRequest, sentence: str, *, status: int = 404) -> HttpResponse:
    return _page(request, "absent", {"sentence": sentence}, status=status)


def _page(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    response = render(request, f"ledger/{name}.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
