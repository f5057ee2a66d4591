"""What every resource under /epcis/ has in common: who may ask, in which form, in which version."""

from __future__ import annotations

from typing import Any, ClassVar

import structlog
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpResponse
from django.utils.datastructures import MultiValueDictKeyError
from rest_framework import exceptions
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.exchange.accepting import best_of
from apps.exchange.as_json import json_bytes
from apps.exchange.forms import EPC_FORMAT, JSON, NEWEST, PLAIN, WORD_FORMAT, XML, Form, form_of
from apps.exchange.problems import EpcisException, invalid, problem_response
from apps.parties.models import Membership
from apps.parties.permissions import HasScope
from pharmatrace.kernel.refusal import Refused

log = structlog.get_logger(__name__)

LONGEST_ADDRESS = 16_000
VENDOR = {"GS1-Vendor-Version": "PharmaTrace-1"}


class Resource(APIView):
    """A resource of the EPCIS 2.0 REST interface. `xml` says whether it can be had as XML, `versions` in
    which versions of EPCIS; `form` is the form that the caller gets."""

    xml: ClassVar[bool] = False
    versions: ClassVar[tuple[str, ...]] = NEWEST
    form: Form = PLAIN
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
        self.form = self.answer_form(request)

    def answer_form(self, request: Request) -> Form:
        """The form of what is answered. Raises EpcisException 406."""
        if request.method in ("OPTIONS", "DELETE"):
            return PLAIN  # nothing is answered but headers
        return form_of(request, xml=self.xml, versions=self.versions)

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """What this resource can do (EPCIS 2.0 §12.3: discovery)."""
        known = {
            EPC_FORMAT: "No_Preference",
            WORD_FORMAT: "No_Preference",
        }  # any but Never_Translates
        for word in ("EPCIS", "CBV"):
            known |= {f"GS1-{word}-Min": self.versions[-1], f"GS1-{word}-Max": self.versions[0]}
        response = HttpResponse(status=204, headers=known | VENDOR | self.limits())
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
        if problem.name == "CaptureLimitExceededException":
            for name, value in self.limits().items():
                response[name] = value
        if problem.status == 405:
            response["Allow"] = ", ".join(self.allowed_methods)
        return response

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        for name, value in self.form.headers().items():
            response.setdefault(name, value)
        response["Vary"] = f"Accept, Authorization, Cookie, {EPC_FORMAT}, {WORD_FORMAT}"
        response.setdefault("Cache-Control", "no-store")
        if not getattr(response, "content", True):
            del response["Content-Type"]  # of nothing
        return response


def membership_of(request: Request) -> Membership | None:
    """The organisation that a person or a token acts for."""
    return getattr(request._request, "membership", None)


def reader_of(request: Request) -> Membership:
    membership = membership_of(request)
    assert membership is not None, "initial() has looked"
    return membership


def _prefers_xml(request: Any) -> bool:
    """Whoever asks for XML is told in XML what is wrong."""
    wanted = best_of(
        ("application/problem+json", *JSON, "application/problem+xml", *XML),
        request.headers.get("Accept", ""),
    )
    return wanted in ("application/problem+xml", *XML)


def _problem(exc: Exception) -> EpcisException | None:
    if isinstance(exc, EpcisException):
        return exc
    if isinstance(exc, Refused):
        return invalid(exc.refusals)
    if isinstance(exc, RequestDataTooBig):
        return EpcisException("CaptureLimitExceededException", "The document is too large.")
    if isinstance(exc, SuspiciousOperation):  # such as a thousand parameters
        return EpcisException("QueryParameterException", "This address cannot be read.")
    if isinstance(exc, exceptions.AuthenticationFailed | exceptions.NotAuthenticated):
        return EpcisException("SecurityException", str(exc.detail), status=401)
    if isinstance(exc, exceptions.PermissionDenied):
        return EpcisException("SecurityException", str(exc.detail))
    if isinstance(exc, exceptions.MethodNotAllowed):
        return EpcisException("ImplementationException", str(exc.detail), status=405)
    if isinstance(exc, MultiValueDictKeyError | exceptions.ParseError):
        return EpcisException("ValidationException", "This cannot be read.")
    return None


def answer(
    body: Any, status: int = 200, headers: dict[str, str] | None = None, *, form: Form = PLAIN
) -> HttpResponse:
    """JSON, named as the caller named it."""
    media = form.media if form.media in JSON else JSON[0]
    return HttpResponse(json_bytes(body), media, status, headers=headers or {})
