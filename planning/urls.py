"""Pages of process 4."""

from django.urls import path

from planning.views import maps, trials

app_name = "planning"
urlpatterns = [
    path("", maps.map, name="map"),
    path("maps/<int:pk>/", maps.strategy_map, name="strategy_map"),
    path("maps/<int:pk>/trial/", trials.trial, name="trial"),
    path("maps/<int:pk>/trial/order/", trials.trial_order, name="trial_order"),
    path("maps/<int:pk>/check/", trials.plan_check, name="plan_check"),
]
