"""XML as a stream of trees, bounded in every direction: one tree per event, none for the document.

Parsed with expat and nothing switched on: an internal or external DTD subset, an entity declaration
and an entity reference that is not one of XML's own five are refused; nothing is ever fetched. Depth,
number of elements, length of texts and of tags are limited, so that memory does not grow with the
size of the input. Every element knows its line and column.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import BinaryIO, NoReturn
from xml.parsers import expat

from pharmatrace.kernel.refusal import Refused

MAX_DEPTH = 64
MAX_ELEMENTS = 250_000  # of one event, or of everything around the events
MAX_TREE_TEXT = 16_000_000
MAX_TEXT = 1_000_000
MAX_TOKEN = 1_000_000
CHUNK = 65536

XSI = "http://www.w3.org/2001/XMLSchema-instance"
SPACE = " \t\r\n"  # what XML calls white space (XML 1.0 §2.3); other spaces are text
_SEPARATOR = "\x1f"

Attribute = tuple[str, str, str]  # namespace, name, value


class Element:
    """One element: `namespace` ("" for none), local `name`, `attributes`, `text` (all character data
    joined), `children`, where its tag begins, and the prefixes in scope there."""

    __slots__ = ("attributes", "children", "column", "line", "name", "namespace", "scope", "text")

    def __init__(
        self, namespace: str, name: str, line: int, column: int, scope: Mapping[str, str]
    ) -> None:
        self.namespace = namespace
        self.name = name
        self.line = line
        self.column = column
        self.scope = scope
        self.attributes: tuple[Attribute, ...] = ()
        self.text = ""
        self.children: list[Element] = []

    @property
    def place(self) -> str:
        """`line:column`, both counted from 1."""
        return f"{self.line}:{self.column}"

    def child(self, name: str) -> Element | None:
        """The first child without namespace of this name."""
        for child in self.children:
            if child.name == name and not child.namespace:
                return child
        return None

    def attribute(self, name: str, namespace: str = "") -> str | None:
        """The value of an attribute, or None."""
        for space, own, value in self.attributes:
            if own == name and space == namespace:
                return value
        return None


Step = tuple[str, Element]


def scan(source: bytes | BinaryIO) -> Iterator[Step]:
    """Steps through a document: `("list", root)` when an event list begins (root holds everything
    before it), `("event", element)` for each child of an event list (kept nowhere else) and
    `("end", root)` at the end.

    Raises `Refused` `document_invalid` with `line` and `column` for XML that is not well-formed or
    exceeds a limit, `xml_forbidden` for DTDs and entities.
    """
    stream = io.BytesIO(source) if isinstance(source, bytes | bytearray) else source
    scanner = _Scanner()
    while chunk := stream.read(CHUNK):
        scanner.feed(chunk)
        yield from scanner.take()
    scanner.feed(b"", last=True)
    yield from scanner.take()


class _Scanner:
    def __init__(self) -> None:
        parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        parser.buffer_text = True
        parser.ordered_attributes = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartNamespaceDeclHandler = self._declare
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._entity
        parser.SkippedEntityHandler = self._entity
        self._parser = parser
        self._fed = 0
        self._stack: list[Element] = []
        self._texts: list[list[str]] = []
        self._lengths: list[int] = []
        self._declared: dict[str, str] = {}
        self._elements = 0
        self._text_length = 0
        self._list_depth = 0
        self._kept = (0, 0)
        self._steps: list[Step] = []

    def feed(self, data: bytes, *, last: bool = False) -> None:
        try:
            self._parser.Parse(data, last)
        except expat.ExpatError as error:
            raise Refused.one(
                "document_invalid",
                f"This is not well-formed XML: {expat.ErrorString(error.code)}.",
                line=error.lineno,
                column=error.offset + 1,
            ) from error
        except ValueError as error:  # an encoding Python does not know either
            self._refuse("document_invalid", f"This is not well-formed XML: {error}.")
        except LookupError as error:
            self._refuse("document_invalid", f"This is not well-formed XML: {error}.")
        self._fed += len(data)
        # expat keeps an unfinished tag in memory and reads it again with every chunk.
        if not last and self._fed - max(self._parser.CurrentByteIndex, 0) > MAX_TOKEN + CHUNK:
            self._refuse("document_invalid", f"A tag is longer than {MAX_TOKEN} bytes.")

    def take(self) -> list[Step]:
        steps, self._steps = self._steps, []
        return steps

    def _refuse(self, code: str, sentence: str) -> NoReturn:
        raise Refused.one(
            code,
            sentence,
            line=self._parser.CurrentLineNumber,
            column=self._parser.CurrentColumnNumber + 1,
        )

    def _doctype(self, name: str, system: str | None, public: str | None, subset: int) -> None:
        if system or public or subset:
            self._refuse("xml_forbidden", "A document type definition is not accepted.")

    def _entity(self, *_: object) -> None:
        self._refuse("xml_forbidden", "Entities are not accepted.")

    def _declare(self, prefix: str | None, uri: str | None) -> None:
        self._declared[prefix or ""] = uri or ""

    def _start(self, name: str, attributes: list[str]) -> None:
        stack, parser = self._stack, self._parser
        if len(stack) >= MAX_DEPTH:
            self._refuse("document_invalid", f"More than {MAX_DEPTH} elements inside each other.")
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            self._refuse(
                "document_invalid", f"More than {MAX_ELEMENTS} elements in one event or header."
            )
        scope: Mapping[str, str] = stack[-1].scope if stack else {}
        if self._declared:
            scope = {**scope, **self._declared}
            self._declared = {}
            self._count(64 * len(scope))  # each element with declarations keeps a copy
        space, _, local = name.rpartition(_SEPARATOR)
        element = Element(
            space, local, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1, scope
        )
        if attributes:
            element.attributes = tuple(
                (*_split(own), value)
                for own, value in zip(attributes[::2], attributes[1::2], strict=True)
            )
            self._count(sum(map(len, attributes)))
        stack.append(element)
        self._texts.append([])
        self._lengths.append(0)
        if local == "EventList" and not space and not self._list_depth and self._in_body():
            self._list_depth = len(stack)
            # What surrounds the list is linked when it ends; who looks now sees what is there.
            self._link(len(stack) - 1)
            self._steps.append(("list", stack[0]))
            self._kept = (self._elements, self._text_length)

    def _in_body(self) -> bool:
        """Whether the newest element stands where event lists stand, not in somebody's extension."""
        return 2 < len(self._stack) < 6 and self._stack[-2].name in ("EPCISBody", "resultsBody")

    def _link(self, depth: int) -> None:
        for parent, child in zip(self._stack[:depth], self._stack[1 : depth + 1], strict=True):
            if not parent.children or parent.children[-1] is not child:
                parent.children.append(child)

    def _end(self, name: str) -> None:
        element = self._stack.pop()
        texts = self._texts.pop()
        self._lengths.pop()
        if texts:
            element.text = texts[0] if len(texts) == 1 else "".join(texts)
        depth = len(self._stack)
        if self._list_depth and depth == self._list_depth:
            self._steps.append(("event", element))
            self._elements, self._text_length = self._kept
        elif not depth:
            self._steps.append(("end", element))
        else:
            if depth < self._list_depth:
                self._list_depth = 0
            parent = self._stack[-1]
            if not parent.children or parent.children[-1] is not element:
                parent.children.append(element)

    def _characters(self, text: str) -> None:
        # The spaces between events would add up; any other text there is a fault and may.
        if len(self._stack) == self._list_depth and not text.strip(SPACE):
            return
        self._texts[-1].append(text)
        self._lengths[-1] += len(text)
        if self._lengths[-1] > MAX_TEXT:
            self._refuse("document_invalid", f"A text is longer than {MAX_TEXT} characters.")
        self._count(len(text))

    def _count(self, length: int) -> None:
        self._text_length += length
        if self._text_length > MAX_TREE_TEXT:
            self._refuse("document_invalid", "An event or header is too large.")


def _split(name: str) -> tuple[str, str]:
    space, _, local = name.rpartition(_SEPARATOR)
    return space, local
