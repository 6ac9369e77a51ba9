"""The WSGI application that gunicorn serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smo.settings")
application = get_wsgi_application()

# All that is loaded stays for good, the views too: the garbage collector need not walk through it again and again.
VIEWS = get_resolver().url_patterns
gc.collect()
gc.freeze()
