"""Pages of process 4."""

from django.urls import path

from planning.views import maps

app_name = "planning"
urlpatterns = [
    path("", maps.map, name="map"),
    path("maps/<int:pk>/", maps.strategy_map, name="strategy_map"),
]
