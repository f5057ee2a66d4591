"""The web application for gunicorn: `gunicorn pharmatrace.wsgi`."""

from __future__ import annotations

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pharmatrace.settings")

application = get_wsgi_application()

# What is loaded by now stays for good, and a document of a thousand events makes a hundred thousand objects that
# reference counting frees: looking through all of them for cycles took a fifth of the time of a capture.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)
