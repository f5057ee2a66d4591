"""A worker process for a test that kills it: sends what waits, says so, and never gets to mark it.

`python -m tests.exchange.delivering_worker <time>` in the database that DELIVERING_DATABASE names.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import datetime
from typing import Any


def main(at: datetime) -> None:
    import django
    from django.db import connection

    django.setup()
    connection.settings_dict["NAME"] = os.environ["DELIVERING_DATABASE"]
    from apps.exchange import delivering

    def stuck(_: Any, answer: Any, **__: Any) -> None:
        print(f"sent {answer.status}", flush=True)
        time.sleep(60)

    delivering.mark = stuck
    delivering.deliver(at=at)


if __name__ == "__main__":
    main(datetime.fromisoformat(sys.argv[1]))
