"""What GS1's XSD has besides documents of events (EPCglobal-epcis-2_0.xsd): problems and capture jobs; and
lists, which only openapi.yaml has. Members of ours come last, in a namespace of our own, as the XSD allows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pharmatrace.kernel.epcis.xml_tags import attribute, element, text_of

OURS = "urn:x-pharmatrace:epcis"
_START = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACES = attribute("xmlns:epcis", "urn:epcglobal:epcis:xsd:2") + attribute("xmlns:pt", OURS)
_PROBLEM = ("type", "title", "status", "detail", "instance")
_JOB_ATTRIBUTES = ("running", "success", "captureID")
_JOB = ("captureErrorBehaviour", "createdAt", "finishedAt")
_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)


def problem_xml(body: Mapping[str, Any]) -> bytes:
    """An EPCISException (RFC 7807) of a problem document."""
    return _whole("epcis:EPCISException", _problem(body), _SPACES)


def capture_job_xml(body: Mapping[str, Any]) -> bytes:
    """An EPCISCaptureJob of the standard's CaptureJob."""
    inside = _fields(body, _JOB)
    if body["errors"]:
        inside += element(
            "errors", "".join(element("error", _problem(one)) for one in body["errors"])
        )
    inside += _more(body, (*_JOB, *_JOB_ATTRIBUTES, "errors"))
    told = "".join(attribute(name, body[name]) for name in _JOB_ATTRIBUTES)
    return _whole("epcis:EPCISCaptureJob", inside, _SPACES + told)


def top_level_xml(members: Iterable[str]) -> bytes:
    """The TopLevelResourceCollection of openapi.yaml, by the rules of OpenAPI 3.0 for XML."""
    inside = element("type", "Collection") + "".join(element("member", one) for one in members)
    return _whole("TopLevelResourceCollection", inside, "")


def _whole(name: str, inside: str, attributes: str) -> bytes:
    return (_START + element(name, inside, attributes)).encode()


def _problem(body: Mapping[str, Any]) -> str:
    return _fields(body, _PROBLEM) + _more(body, _PROBLEM)


def _fields(body: Mapping[str, Any], names: Iterable[str]) -> str:
    return "".join(element(name, text_of(body[name])) for name in names if name in body)


def _more(body: Mapping[str, Any], known: Iterable[str]) -> str:
    return "".join(_ours(name, value) for name, value in body.items() if name not in known)


def _ours(name: str, value: Any) -> str:
    if isinstance(value, list | tuple):
        return "".join(_ours(name, one) for one in value)
    tag = f"pt:{name if _NAME.fullmatch(name) else 'other'}"
    if isinstance(value, Mapping):
        return element(tag, "".join(_ours(key, one) for key, one in value.items()))
    return element(tag, "" if value is None else text_of(value))
