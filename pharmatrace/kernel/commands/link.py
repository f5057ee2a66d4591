"""link: a GS1 element string becomes a Digital Link, and a Digital Link an element string.

Elements may be bracketed, with FNC1 as GS or `^` or without, with a symbology identifier, or in an envelope
of format 05. Exit status 1 and the reasons on standard error when the text is neither.
"""

from __future__ import annotations

import argparse
import sys

from pharmatrace.kernel.commands.refusing import tell
from pharmatrace.kernel.gs1.element_strings import GS, write_bracketed, write_element_string
from pharmatrace.kernel.gs1.identifiers import ID_STEM
from pharmatrace.kernel.gs1.link_writing import write_link
from pharmatrace.kernel.gs1.read import MAX_LENGTH, read
from pharmatrace.kernel.refusal import Refused

NAME = "link"
HELP = "element string to Digital Link, Digital Link to element string"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", help="an element string or a Digital Link; - reads standard input")
    parser.add_argument("--stem", default=ID_STEM, help="what a link starts with")
    parser.add_argument(
        "--plain", action="store_true", help="elements without brackets, FNC1 as GS"
    )


def _typed() -> str:
    """What stands on standard input, as far as a code can be long; odd octets are no text to read."""
    return sys.stdin.buffer.read(8 * MAX_LENGTH).decode("utf-8", "surrogateescape")


def run(arguments: argparse.Namespace) -> int:
    text = _typed() if arguments.text == "-" else arguments.text
    if "://" not in text and not text.startswith("("):
        text = text.replace(
            "^", GS
        )  # how FNC1 is written where it cannot be typed; no content has it
    reading = read(text)
    if reading.faults:
        return tell(reading.faults)
    if reading.source == "digital-link":
        write = write_element_string if arguments.plain else write_bracketed
        print(write(reading.elements))
        return 0
    try:
        print(write_link(reading.elements, stem=arguments.stem))
    except Refused as refused:
        return tell(refused.refusals)
    return 0
