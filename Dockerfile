# The portal's image: web, workers and beat run from it (docker-compose.yml). Database and Redis are containers of their own.
FROM python:3.13-slim

RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /var/lib/smo --create-home smo

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    FONTCONFIG_FILE=/app/static/fonts/fonts.conf \
    XDG_CACHE_HOME=/tmp \
    SMO_STATE_DIR=/var/lib/smo \
    SMO_STATIC_ROOT=/app/collected \
    DJANGO_SETTINGS_MODULE=smo.settings

WORKDIR /app
COPY requirements/portal.txt requirements/portal.txt
RUN pip install --require-hashes --only-binary :all: --compile -r requirements/portal.txt

COPY . .
# The key only lets settings load; nothing made here depends on it.
RUN SMO_SECRET_KEY=only-for-this-step DATABASE_URL=postgres://build REDIS_URL=redis://build \
    python manage.py collectstatic --no-input --verbosity 0 \
 && python -m compileall -q -x '/(tests|static)/' .

USER smo
VOLUME /var/lib/smo
EXPOSE 8000
CMD ["gunicorn", "smo.wsgi:application", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--timeout", "60", \
     "--graceful-timeout", "20", "--preload", "--no-control-socket", "--worker-tmp-dir", "/dev/shm"]
