"""What every resource under /epcis/ has in common: who may ask, in which form, in which version."""

from __future__ import annotations

import re
from typing import Any, ClassVar

import orjson
import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils.datastructures import MultiValueDictKeyError
from rest_framework import exceptions
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.exchange.problems import EpcisException, invalid, problem_response
from apps.parties.models import Membership
from apps.parties.permissions import HasScope
from pharmatrace.kernel.refusal import Refused

log = structlog.get_logger(__name__)

CONTEXT = "https://ref.gs1.org/standards/epcis/epcis-context.jsonld"
LONGEST_ADDRESS = 16_000
_JSON = ("application/json", "application/ld+json", "application/*", "*/*")
_XML = ("application/xml", "text/xml")
HEADERS = {
    "GS1-EPCIS-Version": "2.0.0",
    "GS1-CBV-Version": "2.0.0",
    "GS1-EPC-Format": "Always_GS1_Digital_Link",
    "GS1-CBV-XML-Format": "Always_URN",
}
DISCOVERY = {
    "GS1-EPCIS-Min": "2.0.0",
    "GS1-EPCIS-Max": "2.0.0",
    "GS1-CBV-Min": "2.0.0",
    "GS1-CBV-Max": "2.0.0",
    "GS1-Vendor-Version": "PharmaTrace-1",
}
_VERSION = re.compile(r"[0-9]+(\.[0-9]+)*")


class Resource(APIView):
    """A resource of the EPCIS 2.0 REST interface. `xml` says whether it can be had as XML."""

    xml: ClassVar[bool] = False
    scopes: ClassVar[dict[str, str]] = {"POST": "capture"}  # reading is the rule
    schema: Any = None  # GS1's own openapi.yaml describes these

    def get_permissions(self) -> list[BasePermission]:
        method = self.request.method or "GET"
        if method == "OPTIONS":
            return [IsAuthenticated()]
        return [
            IsAuthenticated(),
            HasScope(self.scopes.get("GET" if method == "HEAD" else method, "read"))(),
        ]

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Our own: the answers are documents, not what REST framework renders."""
        return super().perform_content_negotiation(request, force=True)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if membership_of(request) is None:
            raise exceptions.PermissionDenied("You belong to no organisation.")
        if len(request.get_full_path()) > LONGEST_ADDRESS:
            raise EpcisException("URITooLongException", f"At most {LONGEST_ADDRESS} characters.")
        form_of(request, xml=self.xml)
        _check_versions(request)
        _check_spellings(request)

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """What this resource can do (EPCIS 2.0 §12.3: discovery)."""
        response = HttpResponse(status=204, headers=DISCOVERY | self.limits())
        response["Allow"] = ", ".join(self.allowed_methods)
        return response

    def limits(self) -> dict[str, str]:
        return {}

    def handle_exception(self, exc: Exception) -> Any:
        problem = _problem(exc)
        if problem is None:
            log.error("exchange_failed", path=self.request.path, exc_info=exc)
            problem = EpcisException("ImplementationException", "This was written down for us.")
        response = problem_response(problem, xml=_prefers_xml(self.request))
        if problem.status == 401:
            response["WWW-Authenticate"] = self.get_authenticate_header(self.request) or "Bearer"
        if problem.status == 405:
            response["Allow"] = ", ".join(self.allowed_methods)
        return response

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        for name, value in HEADERS.items():
            response[name] = value
        response["Vary"] = "Accept, Authorization, Cookie"
        response.setdefault("Cache-Control", "no-store")
        return response


def membership_of(request: Request) -> Membership | None:
    """The organisation that a person or a token acts for."""
    return getattr(request._request, "membership", None)


def reader_of(request: Request) -> Membership:
    membership = membership_of(request)
    assert membership is not None, "initial() has looked"
    return membership


def form_of(request: Request, *, xml: bool) -> str:
    """`json` or `xml`, as the caller accepts. Raises EpcisException 406."""
    best, quality = "", 0.0
    for wanted, weight in _accepted(request._request):
        form = "json" if wanted in _JSON else "xml" if xml and wanted in _XML else ""
        if form and weight > quality:
            best, quality = form, weight
    if not best:
        offered = "application/json, application/ld+json" + (", application/xml" if xml else "")
        raise EpcisException("NotAcceptableException", f"Here is {offered}.")
    return best


def _accepted(request: HttpRequest) -> list[tuple[str, float]]:
    listed = []
    for part in request.headers.get("Accept", "*/*").split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = next((one[2:] for one in parameters if one.startswith("q=")), "1")
        try:
            listed.append((name, float(weight)))
        except ValueError:
            listed.append((name, 0.0))
    return listed


def _prefers_xml(request: Any) -> bool:
    names = [name for name, _ in _accepted(request)]
    return bool(names) and names[0] in (*_XML, "application/problem+xml")


def _check_versions(request: Request) -> None:
    """A caller that insists on versions without 2.0 among them is told so."""
    for word in ("EPCIS", "CBV"):
        low = _version(request, f"GS1-{word}-Min")
        high = _version(request, f"GS1-{word}-Max")
        if (low and low > (2, 0, 0)) or (high and high < (2,)):
            raise EpcisException("NotAcceptableException", f"Here is {word} 2.0 only.")


def _check_spellings(request: Request) -> None:
    """Identifiers come out as Digital Links and the words of XML as URNs, whatever came in."""
    for name in ("GS1-EPC-Format", "GS1-CBV-XML-Format"):
        if request.headers.get(name, "No_Preference") not in ("No_Preference", HEADERS[name]):
            raise EpcisException("NotAcceptableException", f"{name} is {HEADERS[name]} here.")


def _version(request: Request, name: str) -> tuple[int, ...] | None:
    text = request.headers.get(name)
    if text is None:
        return None
    if len(text) > 40 or not _VERSION.fullmatch(text):
        raise EpcisException("NotAcceptableException", f"{name} is a version such as 2.0.0.")
    return tuple(map(int, text.split(".")))


def _problem(exc: Exception) -> EpcisException | None:
    if isinstance(exc, EpcisException):
        return exc
    if isinstance(exc, Refused):
        return invalid(exc.refusals)
    if isinstance(exc, RequestDataTooBig):
        return EpcisException("CaptureLimitExceededException", "The document is too large.")
    if isinstance(exc, exceptions.AuthenticationFailed | exceptions.NotAuthenticated):
        return EpcisException("SecurityException", str(exc.detail), status=401)
    if isinstance(exc, exceptions.PermissionDenied):
        return EpcisException("SecurityException", str(exc.detail))
    if isinstance(exc, exceptions.MethodNotAllowed):
        return EpcisException("ImplementationException", str(exc.detail), status=405)
    if isinstance(exc, MultiValueDictKeyError | exceptions.ParseError):
        return EpcisException("ValidationException", "This cannot be read.")
    return None


def answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> HttpResponse:
    return HttpResponse(orjson.dumps(body, default=str), "application/json", status,
                        headers=headers or {})  # fmt: skip
