"""Pages of process 4."""

from django.urls import path

from planning.views import exchange, maps, starting, trials

app_name = "planning"
urlpatterns = [
    path("", maps.map, name="map"),
    path("maps/<int:pk>/", maps.strategy_map, name="strategy_map"),
    path("maps/<int:pk>/trial/", trials.trial, name="trial"),
    path("maps/<int:pk>/trial/order/", trials.trial_order, name="trial_order"),
    path("maps/<int:pk>/check/", trials.plan_check, name="plan_check"),
    path("new/", starting.strategy_new, name="strategy_new"),
    path("new/plan.xlsx", starting.plan_template, name="plan_template"),
    path("maps/<int:pk>/library/", starting.library, name="library"),
    path("maps/<int:pk>/stratml-part-<int:part>.xml", exchange.strategy_stratml, name="strategy_stratml"),
    path("maps/<int:pk>/plan.xlsx", exchange.strategy_workbook, name="strategy_workbook"),
    path("maps/<int:pk>/source/", exchange.plan_source, name="plan_source"),
]
