"""The form of an answer: media type, EPCIS version, spelling of identifiers and of CBV words (EPCIS 2.0 §12)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rest_framework.request import Request

from apps.exchange.accepting import best_of
from apps.exchange.problems import EpcisException

JSON = ("application/json", "application/ld+json")
XML = ("application/xml", "text/xml")
NEWEST = ("2.0.0",)
ALL = ("2.0.0", "1.2.0")  # of EPCIS, and of CBV: each EPCIS came with a CBV of its number
EPC_FORMAT, WORD_FORMAT = "GS1-EPC-Format", "GS1-CBV-XML-Format"
_SPELLINGS = {
    EPC_FORMAT: ("No_Preference", "Always_GS1_Digital_Link", "Always_EPC_URN", "Never_Translates"),
    WORD_FORMAT: ("No_Preference", "Always_Web_URI", "Always_URN", "Never_Translates"),
}
_VERSION = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9}){0,3}")


@dataclass(frozen=True, slots=True)
class Form:
    """`version` is 2.0.0 or, in XML, 1.2.0. `urns` are EPC URNs instead of Digital Links; `web_words` are
    CBV words as web URIs instead of URNs, which only XML 2.0 has."""

    media: str = "application/json"
    version: str = "2.0.0"
    urns: bool = False
    web_words: bool = False

    @property
    def xml(self) -> bool:
        return self.media in XML

    def headers(self) -> dict[str, str]:
        """What the answer says about itself."""
        return {
            "GS1-EPCIS-Version": self.version,
            "GS1-CBV-Version": self.version,
            EPC_FORMAT: "Always_EPC_URN" if self.urns else "Always_GS1_Digital_Link",
            WORD_FORMAT: "Always_Web_URI" if self.web_words else "Always_URN",
        }


PLAIN = Form()


def form_of(request: Request, *, xml: bool, versions: tuple[str, ...] = ALL) -> Form:
    """What the caller wants of what there is: JSON, and with `xml` XML in `versions`, of which JSON is the
    first. Raises EpcisException 406 where nothing is left, or what is left cannot be spelled as wanted."""
    allowed = [one for one in versions if _allows(request, one)]
    if not allowed:
        raise _not_acceptable(f"Here is EPCIS and CBV {' and '.join(versions)}.")
    offered = (JSON if versions[0] in allowed else ()) + (XML if xml else ())
    media = best_of(offered, request.headers.get("Accept", ""))
    if media is None:
        raise _not_acceptable(f"Here is, in these versions, {', '.join(offered) or 'nothing'}.")
    return _spelled(request, media, allowed[0])


def _spelled(request: Request, media: str, version: str) -> Form:
    epcs, words = (_spelling(request, name) for name in _SPELLINGS)
    old = version == ALL[1]
    if epcs == "Never_Translates" or (words == "Never_Translates" and media in XML):
        raise _not_acceptable(
            "How a sender spelled it is not kept: events are stored in one spelling. "
            f"Ask for another {EPC_FORMAT} or {WORD_FORMAT}."
        )
    if old and (epcs == "Always_GS1_Digital_Link" or words == "Always_Web_URI"):
        raise _not_acceptable("EPCIS 1.2 knows URNs only.")
    return Form(
        media=media,
        version=version,
        urns=old or epcs == "Always_EPC_URN",
        web_words=words == "Always_Web_URI" and media in XML,
    )


def _spelling(request: Request, name: str) -> str:
    said = request.headers.get(name, "No_Preference")
    if said not in _SPELLINGS[name]:
        raise _not_acceptable(f"{name} is one of {', '.join(_SPELLINGS[name])}.")
    return said


def _allows(request: Request, version: str) -> bool:
    """Whether `GS1-EPCIS-Min`, `-Max` and the same of CBV leave room; and for who reads, `GS1-EPCIS-Version`."""
    ours = parts_of(version)
    for word in ("EPCIS", "CBV"):
        low, high = (_said(request, f"GS1-{word}-{end}") for end in ("Min", "Max"))
        exact = _said(request, f"GS1-{word}-Version") if request.method in ("GET", "HEAD") else ()
        if ours < low or (high and ours[: len(high)] > high) or ours[: len(exact)] != exact:
            return False
    return True


def _said(request: Request, name: str) -> tuple[int, ...]:
    """A version of at most three numbers; empty where nothing is said."""
    text = request.headers.get(name)
    if text is None:
        return ()
    parts = parts_of(text)
    if not parts:
        raise _not_acceptable(f"{name} is a version such as 2.0.0.")
    return parts


def parts_of(version: str) -> tuple[int, ...]:
    """`2.0` → (2, 0); empty for text that is no version."""
    return tuple(map(int, version.split(".")))[:3] if _VERSION.fullmatch(version) else ()


def _not_acceptable(detail: str) -> EpcisException:
    return EpcisException("NotAcceptableException", detail)
