"""The composition root: settings, services, routes and the Celery app. It imports every app; none imports it."""
