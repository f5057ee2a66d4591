"""Packages come from whatever index a machine is set up with; no file of ours names one."""

from __future__ import annotations

import re

import pytest

from tests.house.sources import ROOT, tracked

REGISTRIES = re.compile(
    "|".join(
        re.escape(".".join(parts))
        for parts in (
            ("pypi", "org"),
            ("files", "pythonhosted", "org"),
            ("registry", "npmjs", "org"),
            ("cdn", "jsdelivr", "net"),
            ("unpkg", "com"),
            ("cdnjs", "cloudflare", "com"),
            ("proxy", "golang", "org"),
        )
    )
)
OPTIONS = re.compile(
    r"^\s*(-i|--index-url|--extra-index-url|-f|--find-links|--trusted-host)\b", re.MULTILINE
)


def test_no_file_names_a_package_registry() -> None:
    named = []
    for file in tracked("*"):
        try:
            text = file.read_text()
        except UnicodeDecodeError:
            continue
        if REGISTRIES.search(text):
            named.append(str(file.relative_to(ROOT)))
    assert named == []


@pytest.mark.parametrize("name", ["base.in", "base.txt", "test.in", "test.txt"])
def test_requirements_name_packages_only(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text()
    assert not OPTIONS.search(text)
    assert "file:" not in text
    assert "://" not in text


def pinned(name: str) -> set[str]:
    return set(re.findall(r"^(\S+==\S+)", (ROOT / "requirements" / name).read_text(), re.MULTILINE))


def test_what_is_tested_is_what_runs() -> None:
    assert pinned("base.txt")
    assert pinned("base.txt") <= pinned("test.txt")


def test_the_driver_is_psycopg2_alone() -> None:
    names = {line.split("==")[0].split("[")[0] for line in pinned("test.txt")}
    assert not names & {"psycopg", "psycopg-binary", "psycopg-c", "psycopg-pool"}
    assert "psycopg2-binary" in names
