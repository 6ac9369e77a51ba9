"""Routes of jobs and files."""

from __future__ import annotations

from django.urls import path

from jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.jobs, name="jobs"),
    path("file.<str:form>", views.jobs_file, name="jobs_file"),
    path("<int:pk>/", views.job, name="job"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
    path("<int:pk>/retry/", views.retry, name="retry"),
    path("files/<int:pk>/", views.file, name="file"),
    path("mail/<int:pk>/", views.resend, name="resend"),
]
