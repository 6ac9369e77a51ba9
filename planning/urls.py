"""Pages of process 4."""

from django.urls import path

from planning import views

app_name = "planning"
urlpatterns = [
    path("", views.map, name="map"),
    path("maps/<int:pk>/", views.strategy_map, name="strategy_map"),
]
