"""Everything that all environments share. Each environment variable is read once, here or in the file of its mode."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from csp.constants import NONE, SELF

from casset_site import env

BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = Path(env.text("CASSET_DATA_DIR", str(BASE_DIR / ".casset"))).resolve()

# Application
INSTALLED_APPS = [
    "studio",
    "campaigns",
    "commerce",
    "social",
    "audio",
    "accounts",
    "casset_site",
    "casset_site.outbox",
    "allauth",
    "allauth.account",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
]
MIDDLEWARE = [
    "casset_site.middleware.RequestContextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "casset_site.middleware.PolicyMiddleware",
    "casset_site.middleware.NoNulMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "audio.middleware.ListenerMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # e-mail addresses are unique whatever their case: the constraint user_email_unique
    "staticfiles.W004",  # the folder of built assets is made by `manage.py build_assets`
]
ROOT_URLCONF = "casset_site.urls"
ASGI_APPLICATION = "casset_site.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["template_partials.templatetags.partials"],
            "libraries": {"lucide": "casset_site.templatetags.icons"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "casset_site.context.site",
            ],
        },
    }
]

# Database: PostgreSQL, always


def database(url: str) -> dict[str, Any]:
    """`postgresql://user:password@host:port/name?host=/socket/folder` as Django's dictionary."""
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "casset",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or (parts.hostname or ""),
        "PORT": query.pop("port", "") or (parts.port or ""),
        # ASGI threads come and go: a pool, no persistent connection bound to a thread.
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,  # a restarted server's connections are dead, and the pool would not look
        "OPTIONS": {**query, "pool": {"min_size": 1, "max_size": DATABASE_POOL, "timeout": 10}},
    }


DATABASE_POOL = env.number("DATABASE_POOL", 10, least=1)
DATABASES = {"default": database(env.text("DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis (or Valkey): always there, never relied on
REDIS_URL = env.text("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "casset_site.lib.cache.DegradingCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "casset",
    }
}
# Not cached: a session that ends while Redis hangs would come back to life with it.
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# Background jobs
# Celery's own spelling of a unix socket.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)
LONGEST_TASK_S = 600
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": LONGEST_TASK_S + 60,
    "socket_timeout": 10,
    "socket_connect_timeout": 2,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = LONGEST_TASK_S
CELERY_TASK_SOFT_TIME_LIMIT = LONGEST_TASK_S - 30
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"

# Accounts
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "handle"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = None  # the person chooses
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "casset_site.errors.csrf_failure"
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Casset <hello@casset.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Files
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
ASSETS_DIR = DATA_DIR / "assets"  # built at set-up: subset fonts
STATICFILES_DIRS = [BASE_DIR / "static", ASSETS_DIR]
MEDIA_URL = env.text("MEDIA_URL", "/media/")
MEDIA_ROOT = DATA_DIR / "media"  # public, content-addressed: covers, avatars, spectra
S3_BUCKET = env.text("S3_BUCKET", "")


def public_host() -> str | None:
    """Host and path of MEDIA_URL without its closing `media/`, the folder in the bucket; None for a local path."""
    host = MEDIA_URL.partition("://")[2].rstrip("/")
    return host.removesuffix("/media") or None


def storage(folder: str, location: Path, base_url: str | None) -> dict[str, Any]:
    """One storage alias: a folder on this disk, or a prefix of the bucket when one is set."""
    if not S3_BUCKET:
        options: dict[str, Any] = {"location": str(location), "base_url": base_url}
        return {"BACKEND": "casset_site.lib.storage.AtomicFileSystemStorage", "OPTIONS": options}
    options = {
        "bucket_name": S3_BUCKET,
        "location": folder,
        "endpoint_url": env.text("S3_ENDPOINT_URL", "") or None,
        "region_name": env.text("S3_REGION", "") or None,
        "access_key": env.text("S3_ACCESS_KEY", "") or None,
        "secret_key": env.text("S3_SECRET_KEY", "") or None,
        "default_acl": None,
        "querystring_auth": folder != "media",
        "querystring_expire": 900,
        "file_overwrite": True,
        # The bucket's `media/` folder as the public sees it, which is also what the content policy allows.
        "custom_domain": public_host() if folder == "media" else None,
        "addressing_style": "path",
        "signature_version": "s3v4",
        "object_parameters": {"CacheControl": "public, max-age=31536000, immutable"}
        if folder == "media"
        else {},
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


STORAGES = {
    "default": storage("media", MEDIA_ROOT, MEDIA_URL),
    "originals": storage("originals", DATA_DIR / "originals", None),  # private: what artists uploaded
    "renditions": storage(
        "renditions", DATA_DIR / "renditions", None
    ),  # private: what listeners stream, by sha256
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_TEMP_DIR = None
FILE_UPLOAD_PERMISSIONS = 0o644

# Audio
UPLOAD_DIR = DATA_DIR / "uploads"  # resumable uploads, until they are complete
UPLOAD_MAX_BYTES = env.number("UPLOAD_MAX_BYTES", 1024**3, least=1)
UPLOAD_MAX_OPEN = env.number("UPLOAD_MAX_OPEN", 50, least=1)  # unfinished uploads of one artist
UPLOAD_LIFETIME_S = 24 * 3600
UPLOAD_CHUNK_BYTES = 4 * 1024**2
TRACK_MAX_S = env.number("TRACK_MAX_S", 1200, least=1)
DECODER_WALLS = env.words(
    "DECODER_WALLS", ""
)  # walls without which a decode is refused, e.g. "netns,landlock"
STREAM_TOKEN_TTL_S = 600
STREAM_TOKEN_BUCKET_S = 300
STREAM_REVOCATION_POLL_S = 5
STREAM_CHUNK_BYTES = 32 * 1024
IPFS_GATEWAYS = env.words("IPFS_GATEWAYS", "https://ipfs.io,https://dweb.link")
TRUSTED_PROXIES = ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXIES", 0)
WEB_PROCESSES = env.number("WEB_PROCESSES", 1, least=1)

# Feature flags
PURCHASE_GATING = env.flag(
    "PURCHASE_GATING", default=True
)  # off: everybody hears every published track in full

# Security headers
MEDIA_ORIGINS = [MEDIA_URL] if "://" in MEDIA_URL else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],  # the import map's hash is added by casset_site.middleware
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *MEDIA_ORIGINS],
        "media-src": [SELF, "blob:"],
        "connect-src": [SELF, *MEDIA_ORIGINS],
        "font-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    "autoplay": ["self"],
    "camera": [],
    "geolocation": [],
    "microphone": [],
    "payment": ["self"],
    "usb": [],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024**2
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

# Language and time
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# Logs
LOG_JSON = env.flag("LOG_JSON", default=True)
LOG_LEVEL = env.text("LOG_LEVEL", "INFO")
LOGGING_CONFIG = "casset_site.logs.configure"
LOGGING = {"json": LOG_JSON, "level": LOG_LEVEL}
METRICS_TOKEN = env.text("METRICS_TOKEN", "")  # /metrics asks for it as a bearer token; loopback needs none
