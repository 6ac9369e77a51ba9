"""Routes of jobs, files and imports."""

from __future__ import annotations

from django.urls import path

from jobs.views import feeds, imports, jobs

app_name = "jobs"
urlpatterns = [
    path("", jobs.jobs, name="jobs"),
    path("file.<str:form>", jobs.jobs_file, name="jobs_file"),
    path("<int:pk>/", jobs.job, name="job"),
    path("<int:pk>/cancel/", jobs.cancel, name="cancel"),
    path("<int:pk>/retry/", jobs.retry, name="retry"),
    path("files/<int:pk>/", jobs.file, name="file"),
    path("imports/", imports.imports, name="imports"),
    path("imports/file.<str:form>", imports.imports_file, name="imports_file"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/uploads/<int:pk>/", imports.upload, name="upload"),
    path("imports/uploads/<int:pk>/check/", imports.upload_check, name="upload_check"),
    path("imports/uploads/<int:pk>/import/", imports.upload_import, name="upload_import"),
    path("imports/uploads/<int:pk>/remove/", imports.upload_remove, name="upload_remove"),
    path("imports/runs/<int:pk>/", imports.import_run, name="import_run"),
    path("imports/runs/<int:pk>/file.<str:form>", imports.import_run_file, name="import_run_file"),
    path("imports/feeds/new/", feeds.feed_new, name="feed_new"),
    path("imports/feeds/<int:pk>/pause/", feeds.feed_pause, name="feed_pause"),
    path("imports/feeds/<int:pk>/resume/", feeds.feed_resume, name="feed_resume"),
    path("imports/feeds/<int:pk>/run/", feeds.feed_run, name="feed_run"),
    path("imports/feeds/<int:pk>/remove/", feeds.feed_remove, name="feed_remove"),
    path("mail/<int:pk>/", jobs.resend, name="resend"),
]
