"""The page that shows the pictures, by role."""

from __future__ import annotations

from collections.abc import Sequence

from tests.screens.camera import KEPT, picture_name
from tests.screens.table import TITLES, Screen

HEAD = """# Screens

Made by `make screenshots` from a demo that is filled for it: each screen wide in light and narrow in dark. People and places are invented.
"""


def index(screens: Sequence[Screen]) -> str:
    """Markdown. The wide picture is shown, the narrow one beside it."""
    lines = [HEAD]
    for who, title in TITLES.items():
        of_this = [screen for screen in screens if screen.who == who]
        if not of_this:
            continue
        lines += [f"## {title}", "", "| screen | wide, light | narrow, dark |", "|---|---|---|"]
        for screen in of_this:
            (wide, narrow) = (picture_name(screen, *kept) for kept in KEPT)
            lines.append(
                f'| {screen.title} | <img src="{wide}" width="640" alt="{screen.title}, wide, in light">'
                f' | <img src="{narrow}" width="180" alt="{screen.title}, narrow, in dark"> |'
            )
        lines.append("")
    return "\n".join(lines)
