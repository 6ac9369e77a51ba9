"""The portal's own pages."""

from django.urls import path

from core.views import gallery
from portal import views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("work/", views.work, name="work"),
    path("gallery/", gallery, name="gallery"),
]
