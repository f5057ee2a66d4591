"""Every setting, from the environment, in one file. What is missing or wrong stops the start with a sentence.

Without DATABASE_URL the installation is *self-contained*: a private PostgreSQL under VAR_DIR, a broker made of
files, and keys that are created on first use. With DATABASE_URL nothing is made up: every secret must be given,
as NAME or, better, as a file named by NAME_FILE.
"""

from __future__ import annotations

import base64
import ipaddress
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from kombu import Exchange, Queue

from pharmatrace import keyfiles, logs
from pharmatrace.embedded import location

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("PHARMATRACE_VAR", default=str(BASE_DIR / "var"))).resolve()
DEBUG = env.bool("DEBUG", default=False)


def secret(name: str, *, file: str, make: Any = None) -> str:
    """NAME, or the file NAME_FILE, or VAR_DIR/keys/<file>, which a self-contained installation may `make`."""
    try:
        return keyfiles.find(
            name,
            environ=os.environ,
            default=VAR_DIR / "keys" / file,
            make=make if SELF_CONTAINED else None,
        )
    except keyfiles.MissingSecret as missing:
        raise ImproperlyConfigured(str(missing)) from missing


def database(url: str) -> dict[str, Any]:
    parts: dict[str, Any] = dict(environ.Env.db_url_config(url))
    if parts["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured(
            "DATABASE_URL: the database is PostgreSQL, always (postgres://…)."
        )
    return parts | CONNECTION


# --- database ---------------------------------------------------------------------------------------------------
# Two roles. The owner migrates; the application (web, worker, beat) may not alter tables, and may not change or
# remove what is in the append-only tables of the ledger (pharmatrace/grants.py).

SELF_CONTAINED = not (
    env.str("DATABASE_URL", default="") or env.str("DATABASE_URL_FILE", default="")
)
CONNECTION: dict[str, Any] = {
    "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60),
    "CONN_HEALTH_CHECKS": True,
    # PgBouncer in transaction mode cannot keep a server-side cursor open between transactions.
    "DISABLE_SERVER_SIDE_CURSORS": env.bool("DISABLE_SERVER_SIDE_CURSORS", default=False),
}
DATABASE_OWNER: dict[str, Any] | None = None
if SELF_CONTAINED:
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    EMBEDDED: location.Location | None = location.locate(VAR_DIR)
    assert EMBEDDED
    DATABASES = {"default": EMBEDDED.connection(location.APPLICATION) | CONNECTION}
    DATABASE_OWNER = EMBEDDED.connection(location.OWNER) | CONNECTION
else:
    EMBEDDED = None
    DATABASES = {"default": database(secret("DATABASE_URL", file="database_url"))}
    if env.str("DATABASE_OWNER_URL", default="") or env.str("DATABASE_OWNER_URL_FILE", default=""):
        DATABASE_OWNER = database(secret("DATABASE_OWNER_URL", file="database_owner_url"))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- keys -------------------------------------------------------------------------------------------------------

SECRET_KEY = secret("SECRET_KEY", file="django.key", make=lambda: secrets.token_urlsafe(48))
# Encrypts the signing keys of organisations. 32 bytes, base64; never in the database (DESIGN §4).
KEY_ENCRYPTION_KEY = secret(
    "KEY_ENCRYPTION_KEY",
    file="kek",
    make=lambda: base64.b64encode(secrets.token_bytes(32)).decode(),
)
LOG_KEY_FILE = Path(env.str("LOG_KEY_FILE", default=str(VAR_DIR / "keys" / "log.key")))
LOG_PREDECESSOR_FILE = env.str(
    "LOG_PREDECESSOR_FILE", default=""
)  # final checkpoint of the log before
# "yearly": the first sealing of a new year ends the running shard of the log and opens the next (docs/log.md).
LOG_SHARDS = env.str("LOG_SHARDS", default="")
if LOG_SHARDS not in ("", "yearly"):
    raise ImproperlyConfigured(f"LOG_SHARDS is {LOG_SHARDS!r}: leave it empty, or say yearly.")
JOURNAL_FILE = Path(env.str("JOURNAL_FILE", default=str(VAR_DIR / "journal" / "checkpoints.jsonl")))
# Which witnesses must cosign a checkpoint before readers see it (C2SP tlog-policy, docs/witness.md). None: nobody.
WITNESS_POLICY_FILE = env.str("WITNESS_POLICY_FILE", default="")
WITNESS_SECONDS = env.float("WITNESS_SECONDS", default=3.0)  # how long one of them may take
WITNESS_LATE_SECONDS = env.float(
    "WITNESS_LATE_SECONDS", default=60.0
)  # then /health/witnesses/ says so
# The keys this installation cosigns with, as a witness for others.
WITNESS_KEY_FOLDER = Path(env.str("WITNESS_KEY_FOLDER", default=str(VAR_DIR / "keys")))

# --- addresses --------------------------------------------------------------------------------------------------

SITE_URL = env.str("SITE_URL", default=f"http://localhost:{env.int('PORT', default=8000)}").rstrip(
    "/"
)
_site = urlsplit(SITE_URL)
if _site.scheme not in ("http", "https") or not _site.hostname:
    raise ImproperlyConfigured(f"SITE_URL is {SITE_URL!r}; it looks like https://trace.example.org")
if _site.scheme == "http" and not DEBUG and not SELF_CONTAINED:
    raise ImproperlyConfigured(
        f"SITE_URL is {SITE_URL}: passwords and tokens would travel in the clear. Use https, or DEBUG=1."
    )
# Signed into every checkpoint: it must not change with the port of a later start, so it is kept.
LOG_ORIGIN = env.str("LOG_ORIGIN", default="")
if not LOG_ORIGIN:
    LOG_ORIGIN = f"{_site.netloc}/log"
    if SELF_CONTAINED:
        LOG_ORIGIN = keyfiles.read_or_make(VAR_DIR / "keys" / "log.origin", lambda: LOG_ORIGIN)
ALLOWED_HOSTS = [
    _site.hostname,
    "localhost",
    "127.0.0.1",
    "[::1]",
    *env.list("ALLOWED_HOSTS", default=[]),
]
CSRF_TRUSTED_ORIGINS = [SITE_URL, *env.list("CSRF_TRUSTED_ORIGINS", default=[])]
CSRF_FAILURE_VIEW = "pharmatrace.error_pages.form_too_old"
ROOT_URLCONF = "pharmatrace.urls"
WSGI_APPLICATION = "pharmatrace.wsgi.application"

# --- what is installed ------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "pharmatrace",
    "apps.desk",
    "apps.verify",
    "apps.exchange",
    "apps.oversight",
    "apps.labels",
    "apps.safety",
    "apps.custody",
    "apps.anchors",
    "apps.ledger",
    "apps.catalog",
    "apps.parties",
    "apps.jobs",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rules",
    "pgtrigger",
    "django_htmx",
    "csp",
    "health_check",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "pharmatrace.language.LanguageOfPeople",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "apps.parties.middleware.CurrentMembership",
    "apps.parties.accounts.second_factor.SecondFactorWhereAsked",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.desk.tour.tour",
            ],
            # Icons, times, identifiers: on every page.
            "builtins": ["apps.verify.templatetags.marks"],
        },
    },
]

# The tour that leads newcomers from page to page: where its stations are named. Only the demo has one.
TOUR = "pharmatrace.demo.tour.TOURS" if env.bool("PHARMATRACE_DEMO", default=False) else ""

# --- people -----------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "parties.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{validator}"}
    for validator in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
# allauth: second factors, passkeys, resets. Passwords are limited by apps/parties/signing_in.py.
ACCOUNT_ADAPTER = "apps.parties.accounts.adapter.Accounts"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_ENABLED = False
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_REAUTHENTICATION_METHODS = ["password", "mfa"]
ACCOUNT_FORMS = {
    "change_password": "apps.parties.accounts.forms.ChangePassword",
    "set_password": "apps.parties.accounts.forms.SetPassword",
    "reset_password_from_key": "apps.parties.accounts.forms.ResetPassword",
}
MFA_ADAPTER = "apps.parties.accounts.adapter.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # whoever has an account was invited
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
MFA_FORMS = {
    name: f"apps.parties.accounts.forms.{form}"
    for name, form in (
        ("add_webauthn", "AddPasskey"),
        ("authenticate_webauthn", "AuthenticateByPasskey"),
        ("login_webauthn", "LoginByPasskey"),
        ("reauthenticate_webauthn", "ReauthenticateByPasskey"),
        ("edit_webauthn", "RenamePasskey"),
    )
}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = _site.scheme == "http"  # browsers allow it on localhost only
PASSKEY_HOST = _site.hostname
# Who may come into /admin/ must have a second factor; a self-contained installation is for trying things out.
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", default=not SELF_CONTAINED)
SESSION_ENGINE = "apps.parties.sessions"
# A table, so that all web processes count wrong codes together (apps/parties/migrations makes it).
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "parties_cache",
    }
}

# --- mail -------------------------------------------------------------------------------------------------------
# EMAIL_URL=smtp+tls://user:password@mail.example.org:587, or EMAIL_URL_FILE. Without one no mail leaves: links of
# invitations are shown to whoever invites, forgotten passwords are mended by a new invitation, and doctor says so.

MAIL_IS_SENT = bool(env.str("EMAIL_URL", default="") or env.str("EMAIL_URL_FILE", default=""))
_mail = env.email_url_config(
    secret("EMAIL_URL", file="email_url") if MAIL_IS_SENT else "consolemail://"
)
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"] or "localhost", _mail["EMAIL_PORT"] or 25
EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
ACCOUNT_EMAIL_NOTIFICATIONS = MAIL_IS_SENT  # of changed passwords and factors
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str(
    "EMAIL_FROM", default=f"PharmaTrace <pharmatrace@{_site.hostname}>"
)

# --- browsers ---------------------------------------------------------------------------------------------------

_https = _site.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000 if _https else 0)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# How many proxies of ours stand in front: which entry of X-Forwarded-For is the visitor's address.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=int(env.bool("BEHIND_PROXY", default=False)))
if env.bool(
    "BEHIND_PROXY", default=False
):  # only then may a header say that the visitor came by https
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],  # QR codes are drawn into the page
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = VAR_DIR / "media"
# A form, from anybody; files in it are not counted. A document to capture, from who may: read by its view.
DATA_UPLOAD_MAX_MEMORY_SIZE = env.int("DATA_UPLOAD_MAX_MEMORY_SIZE", default=5 * 512 * 1024)
CAPTURE_MAX_MEMORY_SIZE = env.int("CAPTURE_MAX_MEMORY_SIZE", default=64 * 1024 * 1024)
# Files from partners (docs/files.md): the folder that is watched, if any, and where files are worked on.
INBOX_DIR = Path(_inbox).resolve() if (_inbox := env.str("PHARMATRACE_INBOX", default="")) else None
INTAKE_DIR = VAR_DIR / "intake"

# What was shipped longer ago and is not received counts as overdue.
DELIVERY_OVERDUE_DAYS = env.int("DELIVERY_OVERDUE_DAYS", default=5)

# --- language and time ------------------------------------------------------------------------------------------

LANGUAGE_CODE = (
    "en"  # public pages speak four languages (pharmatrace/language.py), the others English
)
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("es", "Español")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- the public ------------------------------------------------------------------------------------------------
# Which header of a proxy of ours names the visitor's country (two letters), to count looks by country. Empty: nobody asks.
COUNTRY_HEADER = env.str("COUNTRY_HEADER", default="")
if COUNTRY_HEADER and not TRUSTED_PROXIES:
    raise ImproperlyConfigured(
        "COUNTRY_HEADER is believed only from a proxy of ours: set TRUSTED_PROXIES (or BEHIND_PROXY) too."
    )
# How long after a report is closed the reporter's contact is kept.
CONTACT_DAYS = env.int("CONTACT_DAYS", default=90)

# --- API --------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "apps.parties.authentication.TokenAuthentication",
        "apps.parties.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "PharmaTrace",
    "DESCRIPTION": "Serialized medicine packs: capture, trace, verify.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# --- webhooks ---------------------------------------------------------------------------------------------------
# Where subscribers may have reports sent to. Addresses inside our own network are not theirs to name: each that
# is meant is listed as a network. A self-contained installation may send to its own machine.

try:
    WEBHOOK_PRIVATE_ADDRESSES = [
        ipaddress.ip_network(network)
        for network in env.list(
            "WEBHOOK_PRIVATE_ADDRESSES",
            default=["127.0.0.0/8", "::1/128"] if SELF_CONTAINED else [],
        )
    ]
except ValueError as _error:
    raise ImproperlyConfigured(
        f"WEBHOOK_PRIVATE_ADDRESSES: {_error}; it looks like 10.20.0.0/16,10.30.1.7"
    ) from _error
WEBHOOK_HTTP = env.bool("WEBHOOK_HTTP", default=False)  # without TLS, beyond this machine
WEBHOOK_CA_FILE = env.str(
    "WEBHOOK_CA_FILE", default=""
)  # certificates of an authority of one's own

# --- anchors ----------------------------------------------------------------------------------------------------
# Where checkpoints are told outside (docs/anchors.md). Kinds that are not named here do nothing, and doctor says so.

# Time-stamp authorities: URL|ROOTS.pem or URL|ROOTS.pem|POLICY, with commas between.
ANCHOR_RFC3161 = env.list("ANCHOR_RFC3161", default=[])
ANCHOR_RFC3161_EVERY = env.int("ANCHOR_RFC3161_EVERY", default=600)  # seconds
ANCHOR_RFC3161_ENTRIES = env.int("ANCHOR_RFC3161_ENTRIES", default=0)  # or after so many; 0: never
# OpenTimestamps: calendars to submit to; and further ones that they may refer to, where proofs are fetched.
ANCHOR_OPENTIMESTAMPS = env.list("ANCHOR_OPENTIMESTAMPS", default=[])
ANCHOR_OPENTIMESTAMPS_MORE = env.list("ANCHOR_OPENTIMESTAMPS_MORE", default=[])
ANCHOR_OPENTIMESTAMPS_EVERY = env.int("ANCHOR_OPENTIMESTAMPS_EVERY", default=3600)
ANCHOR_OPENTIMESTAMPS_ENTRIES = env.int("ANCHOR_OPENTIMESTAMPS_ENTRIES", default=0)
# EVM: a node, our contract on its chain, and the key that pays. The key is a file, never a variable.
ANCHOR_EVM_NODE = env.str("ANCHOR_EVM_NODE", default="")
ANCHOR_EVM_CHAIN_ID = env.int("ANCHOR_EVM_CHAIN_ID", default=0)
ANCHOR_EVM_CONTRACT = env.str("ANCHOR_EVM_CONTRACT", default="")
ANCHOR_EVM_KEY_FILE = env.str("ANCHOR_EVM_KEY_FILE", default="")
ANCHOR_EVM_CONFIRMATIONS = env.int("ANCHOR_EVM_CONFIRMATIONS", default=12)
ANCHOR_EVM_EVERY = env.int("ANCHOR_EVM_EVERY", default=86_400)
ANCHOR_EVM_ENTRIES = env.int("ANCHOR_EVM_ENTRIES", default=0)

# --- background work --------------------------------------------------------------------------------------------
# Tasks are doorbells (DESIGN §7). A ring that is older than the next one by far is thrown away, so that a worker
# which was down does not find a thousand rings in the box.

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="filesystem://localhost")
_broker = VAR_DIR / "broker"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {
        "data_folder_in": str(_broker / "queue"),
        "data_folder_out": str(_broker / "queue"),
        "control_folder": str(_broker / "control"),
        "polling_interval": 0.1,
    }
    if CELERY_BROKER_URL.startswith("filesystem:")
    else {"visibility_timeout": 3600}
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
# Sealing has a queue, and in production a worker process, of its own: long jobs must not keep it waiting. A
# worker that is given no queue takes both.
CELERY_TASK_DEFAULT_QUEUE = "pharmatrace"
CELERY_TASK_QUEUES = [
    Queue(name, Exchange(name), routing_key=name) for name in ("pharmatrace", "sealing")
]
CELERY_TASK_ROUTES = {
    task: {"queue": "sealing"} for task in ("ledger.seal", "ledger.witness", "anchors.sweep")
}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "broker" / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    task: {"task": task, "schedule": seconds, "options": {"expires": max(5.0, 2 * seconds)}}
    for task, seconds in (
        ("ledger.seal", 1.0),
        ("ledger.witness", 2.0),
        ("jobs.run", 2.0),
        ("exchange.deliver", 2.0),
        ("anchors.sweep", 10.0),
        ("desk.count", 30.0),
        ("anchors.tell", 10.0),
        ("ledger.audit", 900.0),
        ("jobs.sweep", 3600.0),
        ("exchange.sweep", 3600.0),
        ("safety.sweep", 3600.0),
        ("parties.sweep", 3600.0),
    )
}

# --- log --------------------------------------------------------------------------------------------------------

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = logs.configuration(
    level=LOG_LEVEL, as_json=env.str("LOG_FORMAT", default="plain") == "json"
)
structlog.configure(**logs.structlog_configuration())
SILENCED_SYSTEM_CHECKS: list[str] = []
