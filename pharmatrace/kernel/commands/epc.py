"""epc: an EPC URN becomes a Digital Link, and a Digital Link an EPC URN.

URIs that are neither (`urn:uuid:…`, a company's own) are printed as they are. Exit status 1 and the reason
on standard error when a URI is wrong or the length of its company prefix is unknown.
"""

from __future__ import annotations

import argparse

from pharmatrace.kernel.commands.refusing import tell
from pharmatrace.kernel.gs1.epc_of_link import Prefixes
from pharmatrace.kernel.gs1.epc_translation import translate
from pharmatrace.kernel.refusal import Refused

NAME = "epc"
HELP = "EPC URN to Digital Link, Digital Link to EPC URN"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("uri", help="an EPC URN or a Digital Link")
    parser.add_argument(
        "--gcp-length",
        type=int,
        metavar="N",
        help="digits of the GS1 Company Prefix; without it the public table has to know",
    )


def run(arguments: argparse.Namespace) -> int:
    try:
        print(translate(arguments.uri, Prefixes(length=arguments.gcp_length)))
    except Refused as refused:
        return tell(refused.refusals)
    return 0
