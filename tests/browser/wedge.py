"""A keyboard wedge for a browser: real keys, four milliseconds apart by their own clock, however busy the machine is."""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Page

GS = "\x1d"
GAP = 0.004  # seconds
CTRL, SHIFT = 2, 8
CONTROLS: dict[str, dict[str, Any]] = {
    GS: {"key": "]", "code": "BracketRight", "modifiers": CTRL},
    "\x1c": {"key": "\\", "code": "Backslash", "modifiers": CTRL},
    "\x1e": {"key": "^", "code": "Digit6", "modifiers": CTRL | SHIFT},
    "\x1f": {"key": "_", "code": "Minus", "modifiers": CTRL | SHIFT},
}
SUFFIXES: dict[str, dict[str, Any]] = {
    "Enter": {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"},
    "Tab": {"key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9},
}
F8 = {"key": "F8", "code": "F8", "windowsVirtualKeyCode": 119}


def wedge(
    page: Page, raw: str, *, suffix: str = "Enter", separator: dict[str, Any] | None = None
) -> None:
    """Types `raw` as a scanner does, with `separator` for GS where another key than Ctrl and the bracket sends it."""
    controls = CONTROLS | ({GS: separator} if separator else {})
    keys = [controls.get(one) or {"key": one, "text": one, "unmodifiedText": one} for one in raw]
    keys += [SUFFIXES[suffix]] if suffix else []
    session = page.context.new_cdp_session(page)
    at = time.time()
    for key in keys:
        at += GAP
        kind = "keyDown" if "text" in key else "rawKeyDown"
        session.send("Input.dispatchKeyEvent", {"type": kind, "timestamp": at, **key})
        if "code" in key:
            released = {name: key[name] for name in ("key", "code")}
            session.send("Input.dispatchKeyEvent", {"type": "keyUp", "timestamp": at, **released})
    session.detach()
