"""The settings of the tests: the real ones, in a folder and on a PostgreSQL that live as long as the session."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

for _name in list(
    os.environ
):  # what is set for a real installation must not leak into the tests, nor back
    if _name.startswith(("DATABASE_", "CELERY_", "LOG_", "SECRET_", "KEY_ENCRYPTION_", "SITE_", "JOURNAL_", "WITNESS_", "ANCHOR_", "EMAIL_", "PHARMATRACE_DEMO")):  # fmt: skip
        del os.environ[_name]

if "PHARMATRACE_TEST_HOME" not in os.environ:
    # Made by the process that starts first; the workers of xdist inherit the variable.
    _home = tempfile.mkdtemp(prefix="pharmatrace-test-")
    if os.geteuid() == 0:
        Path(_home).chmod(0o711)  # ours and new: PostgreSQL runs as nobody and has to pass through
    os.environ["PHARMATRACE_TEST_HOME"] = _home
    atexit.register(shutil.rmtree, _home, ignore_errors=True)
TEST_HOME = Path(os.environ["PHARMATRACE_TEST_HOME"])
os.environ["PHARMATRACE_VAR"] = str(TEST_HOME / "var")
os.environ["LOG_LEVEL"] = "WARNING"

from pharmatrace.embedded import location as _location  # noqa: E402
from pharmatrace.settings import *  # noqa: E402, F403
from pharmatrace.settings import EMBEDDED, STORAGES, VAR_DIR  # noqa: E402

assert EMBEDDED
# The tests create databases, so they connect as superuser. What the application's role may do is tested with
# SET ROLE.
DATABASES = {"default": EMBEDDED.connection(_location.SUPERUSER) | {"CONN_MAX_AGE": 0}}
DATABASE_OWNER = None

CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
