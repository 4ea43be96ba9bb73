"""Django's settings, all of them made from `environment.SETTINGS`. Unsafe ones are refused by `checks`, in words."""

from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF

from allcomers.service.config import environment
from allcomers.service.config.database import database
from allcomers.service.config.logs import logging_for
from allcomers.service.config.mail import mail_settings

ALLCOMERS = environment.read()
HERE = Path(__file__).resolve().parents[1]
PRODUCTION = ALLCOMERS.mode == "production"
_HTTPS = urlsplit(ALLCOMERS.url).scheme == "https"

DEBUG = False
SECRET_KEY = ALLCOMERS.secret_key or ("" if PRODUCTION else "not secret: development and demonstration only")
ALLOWED_HOSTS = list(ALLCOMERS.hosts)
CSRF_TRUSTED_ORIGINS = [ALLCOMERS.url] if _HTTPS else []
ROOT_URLCONF = "allcomers.service.config.urls"
WSGI_APPLICATION = "allcomers.service.config.wsgi.application"

INSTALLED_APPS = [
    "allcomers.service.look",
    "allcomers.service.accounts",
    "allcomers.service.people",
    "allcomers.service.governance",
    "allcomers.service.referrals",
    "allcomers.service.referrers",
    "allcomers.service.questionnaires",
    "allcomers.service.problems",
    "allcomers.service.imports",
    "allcomers.service.messages",
    "allcomers.service.work",
    "allcomers.service.rota",
    "allcomers.service.consents",
    "allcomers.service.portal",
    "allcomers.service.keeping",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "simple_history",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "allcomers.service.look.middleware.RequestSizeMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allcomers.service.accounts.middleware.SessionLimitsMiddleware",
    "allcomers.service.governance.middleware.AccessMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "jinja",
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "allcomers.service.look.environment.environment",
            "context_processors": ["allcomers.service.look.context.every_page"],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",  # allauth's e-mails and messages
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    },
]

DATABASES = {"default": database(ALLCOMERS.database_url, ALLCOMERS.data_folder)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "shared_cache"}}

# Accounts: e-mail and password, then a second factor; nobody signs themselves up.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "look:start"
LOGOUT_REDIRECT_URL = "look:start"
ACCOUNT_ADAPTER = "allcomers.service.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_TEMPLATE_EXTENSION = "jinja"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if _HTTPS else "http"
ACCOUNT_RATE_LIMITS = {"login_failed": "20/5m/ip,5/5m/key", "reset_password": "20/5m/ip,5/5m/key"}
MFA_ADAPTER = "allcomers.service.accounts.adapter.MFAAdapter"
MFA_FORMS = {
    "authenticate": "allcomers.service.accounts.second_factor.AuthenticateForm",
    "reauthenticate": "allcomers.service.accounts.second_factor.ReauthenticateForm",
    "activate_totp": "allcomers.service.accounts.second_factor.ActivateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = ALLCOMERS.service_name
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _HTTPS
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "allcomers.service.accounts.sign_in.email_given"
AXES_CLIENT_IP_CALLABLE = "allcomers.service.accounts.sign_in.address"
AXES_LOCKOUT_CALLABLE = "allcomers.service.accounts.views.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # the audit says who signed in, without an address in the clear
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address"]

# Sessions and cookies. `SessionLimitsMiddleware` ends idle ones sooner.
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "__Host-session" if _HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if _HTTPS else "csrf"
CSRF_FAILURE_VIEW = "allcomers.service.look.errors.csrf_failed"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SECURE_SSL_REDIRECT = _HTTPS and PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLCOMERS.trusted_proxies else None
SECURE_REDIRECT_EXEMPT = [r"^health$"]
SECURE_HSTS_SECONDS = ALLCOMERS.hsts_seconds if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
SECURE_REFERRER_POLICY = "same-origin"  # “no-referrer” would take the origin from forms; no other site gets either
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = ALLCOMERS.max_request_kb * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

STATIC_URL = "static/"
STATIC_ROOT = ALLCOMERS.data_folder / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "allcomers.service.look.static_files.Storage"},
}

globals().update(mail_settings(ALLCOMERS))
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True
LOGGING = logging_for(PRODUCTION)
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021", "security.W008"]  # see production checks
