"""`python -m tests.screens`: fills a demo of its own, pictures every screen of the table, throws the demo away.

--out FOLDER   where the pictures go (docs/screens)
--only NAME    one screen, by the beginning of its name; may be given several times; leaves the index alone
--every        all widths, light and dark, to look at; leaves the index alone
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pharmatrace.settings")
os.environ.setdefault("PHARMATRACE_DEMO", "1")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs a loop in this thread

import django

django.setup()

from django.urls import NoReverseMatch, reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from apps.anchors.services import sweep  # noqa: E402
from apps.desk.tour import ENDED, SESSION_KEY  # noqa: E402
from apps.parties.models import User  # noqa: E402
from apps.parties.sessions import SessionStore  # noqa: E402
from pharmatrace.bench.ground import free_port, gunicorn  # noqa: E402
from pharmatrace.bench.installation import run_again_privately, throw_away  # noqa: E402
from pharmatrace.bench.pages_goods import session_of  # noqa: E402
from pharmatrace.demo.cast import CAST  # noqa: E402
from pharmatrace.demo.fill import Filled, fill  # noqa: E402
from pharmatrace.demo.scale import HUNDREDTH  # noqa: E402
from pharmatrace.launch import prepare, private_database, stopped_by_sigterm  # noqa: E402
from tests.screens.camera import Camera  # noqa: E402
from tests.screens.index import index  # noqa: E402
from tests.screens.places import places  # noqa: E402
from tests.screens.staging import stage  # noqa: E402
from tests.screens.table import SCREENS, Screen  # noqa: E402

WITH_TOUR = "maker-home"


def main() -> None:
    options = asked()
    run_again_privately()
    options.out.mkdir(parents=True, exist_ok=True)
    wanted = [
        one for one in SCREENS if not options.only or one.name.startswith(tuple(options.only))
    ]
    try:
        with stopped_by_sigterm(), private_database():
            prepare(say)
            say("filling the demo")
            filled = fill(scale=HUNDREDTH, password="none", clock=timezone.now)
            sweep(at=timezone.now())
            port = free_port()
            with gunicorn(port):
                taken = picture(wanted, filled, f"http://127.0.0.1:{port}", options)
    finally:
        throw_away()
    if not options.only and not options.every:
        (options.out / "README.md").write_text(index(taken))


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.screens", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[2] / "docs" / "screens")
    parser.add_argument("--only", action="append", metavar="NAME")
    parser.add_argument("--every", action="store_true")
    return parser.parse_args()


def picture(
    wanted: list[Screen], filled: Filled, root: str, options: argparse.Namespace
) -> list[Screen]:
    """The screens that were pictured; what has no page in this installation is named and left out."""
    known = places(filled) | stage(filled, at=timezone.now())
    taken, size = [], 0
    with Camera(root, options.out, every=options.every) as camera:
        for who in dict.fromkeys(screen.who for screen in wanted):
            page = camera.window(session_for(who))
            for screen in wanted:
                if screen.who != who:
                    continue
                if screen.name == WITH_TOUR:
                    page = camera.window(session_for(who, tour=True))
                try:
                    size += camera.take(
                        page, screen, address(screen, known), screen.type_in.format(**known)
                    )
                except (NoReverseMatch, RuntimeError) as problem:
                    say(f"NOT PICTURED {screen.name}: {problem}")
                else:
                    taken.append(screen)
                if screen.name == WITH_TOUR:
                    page = camera.window(session_for(who))
    say(f"{len(taken)} of {len(wanted)} screens, {size / 1e6:.1f} MB")
    return taken


def address(screen: Screen, known: dict[str, str]) -> str:
    """Raises NoReverseMatch where this installation has no such page."""
    return (
        screen.address.format(**known)
        if screen.address.startswith("/")
        else reverse(screen.address)
    )


def session_for(who: str, *, tour: bool = False) -> str | None:
    if not who:
        return None
    key = session_of(User.objects.get(email=CAST[who].email))
    if not tour:
        session = SessionStore(key)
        session[SESSION_KEY] = ENDED
        session.save()
    return key


def say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    main()
