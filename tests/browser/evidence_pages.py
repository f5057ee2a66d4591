"""A page of no site with our modules on it: what they answer is fetched from the work tree, and no server runs."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route

ROOT = Path(__file__).parents[2]
MODULES = ROOT / "static" / "js" / "evidence"
BUNDLES = ROOT / "tests" / "vectors" / "bundles"
# A name that a browser takes for secure; nothing listens there, every request is answered here.
HERE = "http://localhost"

VERIFY = """async ([files, options]) => {
  const {verifyBundle} = await import("/evidence/verdict.js");
  const {NotABundle} = await import("/evidence/format.js");
  const answers = [];
  for (const file of files) {
    const octets = Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0));
    try {
      const {holds, unable, unconfirmedLogKey, checks} = await verifyBundle(octets, options);
      answers.push({holds, unable, unconfirmedLogKey, checks: checks.map((c) => [c.name, c.place, c.outcome])});
    } catch (fault) {
      if (!(fault instanceof NotABundle)) throw fault;
      answers.push(null);
    }
  }
  return answers;
}"""


def serve(page: Page) -> Page:
    """Opens an empty page from which `/evidence/….js` can be imported."""

    def answer(route: Route) -> None:
        name = route.request.url.removeprefix(f"{HERE}/evidence/")
        if name.endswith(".js"):
            route.fulfill(path=MODULES / name, content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html><title>empty</title>", content_type="text/html")

    page.route(f"{HERE}/**", answer)
    page.goto(f"{HERE}/")
    return page


def verdicts(page: Page, files: Iterable[bytes], **options: Any) -> list[dict[str, Any] | None]:
    """What our module says of each file; None for what it takes for no bundle at all."""
    answers: list[dict[str, Any] | None] = page.evaluate(
        VERIFY, [[b64encode(file).decode() for file in files], options]
    )
    return answers


def vectors() -> dict[str, bytes]:
    """All published bundles by name: good, broken, and not to be relied on."""
    names = [f"broken-{name}" for name in json.loads((BUNDLES / "broken.json").read_text())]
    doubted = [f"doubted-{name}" for name in json.loads((BUNDLES / "doubted.json").read_text())]
    good = sorted(path.stem for path in BUNDLES.glob("good-*.json"))
    return {name: (BUNDLES / f"{name}.json").read_bytes() for name in (*good, *doubted, *names)}
