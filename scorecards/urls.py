"""Pages of process 1."""

from django.urls import path

from scorecards import views

app_name = "scorecards"
urlpatterns = [
    path("", views.scorecards, name="scorecards"),
    path("<int:pk>/", views.scorecard, name="scorecard"),
    path("<int:pk>/file.<str:form>", views.scorecard_file, name="scorecard_file"),
    path("<int:pk>/report/", views.report_order, name="report_order"),
    path("nodes/<int:pk>/", views.node, name="node"),
    path("measures/", views.measures, name="measures"),
    path("measures/<int:pk>/", views.measure, name="measure"),
    path("measures/<int:pk>/file.<str:form>", views.measure_file, name="measure_file"),
    path("measures/<int:pk>/record/", views.measure_record, name="measure_record"),
]
