#!/usr/bin/env python3
"""PharmaTrace's command line: `manage.py help` lists what it can do."""

from __future__ import annotations

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pharmatrace.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError as missing:
        raise SystemExit(
            f"{missing}. Run `make .venv` and then .venv/bin/python manage.py"
        ) from None
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
