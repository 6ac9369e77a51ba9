"""Settings of the floor: the portal's database, sessions and people, and nothing else of it."""

from smo import settings as portal

SECRET_KEY = portal.SECRET_KEY
SECRET_KEY_FALLBACKS = portal.SECRET_KEY_FALLBACKS
DATABASES = portal.DATABASES
INSTALLED_APPS = [app for app in portal.INSTALLED_APPS if "allauth" not in app]
AUTH_USER_MODEL = portal.AUTH_USER_MODEL
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
SESSION_ENGINE = portal.SESSION_ENGINE
SESSION_COOKIE_NAME = portal.SESSION_COOKIE_NAME
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "bench.floor"
USE_TZ = True
DEFAULT_AUTO_FIELD = portal.DEFAULT_AUTO_FIELD
TEMPLATES = portal.TEMPLATES
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
