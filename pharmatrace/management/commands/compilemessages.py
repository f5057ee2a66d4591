"""`manage.py compilemessages`: makes the files that programs read from the `.po` files that people write.

Django's own command of this name needs GNU gettext; this one needs nothing. Run it after every change of a `.po` file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from pharmatrace.translations.compiled import mo, words_json
from pharmatrace.translations.po import read_po

LOCALE = Path(settings.BASE_DIR) / "pharmatrace" / "locale"
WORDS = Path(settings.BASE_DIR) / "static" / "js" / "words"


def compiled() -> Iterator[tuple[Path, bytes]]:
    """Each file that is made, and its content."""
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        entries = read_po(source.read_text())
        if source.stem == "djangojs":
            yield WORDS / f"{source.parts[-3]}.json", words_json(entries).encode()
        else:
            yield source.with_suffix(".mo"), mo(entries)


class Command(BaseCommand):
    help = "Compiles the translations. Needs no GNU gettext."

    def handle(self, *args: Any, **options: Any) -> None:
        for file, content in compiled():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            self.stdout.write(str(file.relative_to(settings.BASE_DIR)))
