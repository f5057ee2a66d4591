"""The verifier as one file: joined from the modules, under a policy that lets nothing else run."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html import unescape
from pathlib import Path

import pytest
from django.test import Client

from apps.verify.offline import ENTRY, NotJoinable, joined, offline_page

SCRIPTS = Path(__file__).parents[2] / "static" / "js"


def digest(text: str) -> str:
    return "'sha256-" + b64encode(sha256(text.encode()).digest()).decode() + "'"


def test_the_policy_names_just_the_program_and_the_style_in_the_file() -> None:
    html = offline_page().html.decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    program = re.search(r'<script type="module">(.*)</script>', html, re.DOTALL)
    style = re.search(r"<style>(.*)</style>", html, re.DOTALL)
    assert policy
    assert program
    assert style
    assert unescape(policy[1]) == (
        f"default-src 'none'; script-src {digest(program[1])}; style-src {digest(style[1])};"
        " base-uri 'none'; form-action 'none'"
    )
    assert html.index("Content-Security-Policy") < html.index("<style>") < html.index("<script")


def test_the_file_asks_nobody_for_anything() -> None:
    html = offline_page().html.decode()
    assert re.findall(r'\b(?:src|href)="(?!#)', html) == []
    for way in ("fetch(", "XMLHttpRequest", "WebSocket", "sendBeacon", "import(", "localStorage", "@import", "url("):  # fmt: skip
        assert way not in html


def test_it_is_served_to_look_at_and_to_keep(client: Client) -> None:
    shown, kept = client.get("/verify/offline/"), client.get("/verify/offline/?keep")
    assert shown.content == kept.content == offline_page().html
    assert shown["Content-Security-Policy"] == offline_page().policy
    assert "Content-Disposition" not in shown
    assert kept["Content-Disposition"].startswith("attachment;")
    assert not shown.cookies
    assert client.post("/verify/offline/").status_code == 405


def test_every_module_stands_after_what_it_needs() -> None:
    program = joined(SCRIPTS / ENTRY)
    assert (
        program.index("class Fault")
        < program.index("const parseVkey")
        < program.index("const verifyBundle")
    )
    assert program.count("class Fault") == 1


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ("const a = 2;\n", "a is declared in"),
        ("export default 3;\n", "spelled in another way"),
        ('import b from "./b.js";\n', "spelled in another way"),
        ('import { a } from "./one.js";\n', "in a circle"),
        ('export const b = "</script>";\n', "spelled in another way"),
    ],
)
def test_modules_that_cannot_be_joined_are_refused(tmp_path: Path, other: str, why: str) -> None:
    (tmp_path / "one.js").write_text('import { b } from "./two.js";\n\nexport const a = 1;\n')
    (tmp_path / "two.js").write_text(other)
    with pytest.raises(NotJoinable, match=why):
        joined(tmp_path / "one.js")
