"""The services the portal brings along: PostgreSQL and Redis, their places on disk, and the processes around them.

settings.py imports this, so nothing here needs more than the standard library at import time, and importing starts
nothing. `DATABASE_URL` and `REDIS_URL` replace either service by a server of one's own; that is decided in settings.py
and in `smo.services.launcher`, not here.
"""

from smo.services.paths import secret_key, state_dir
from smo.services.postgres import database
from smo.services.redis import redis_cache_url, redis_url

__all__ = ["database", "redis_cache_url", "redis_url", "secret_key", "state_dir"]
