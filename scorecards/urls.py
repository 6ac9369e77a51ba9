"""Pages of process 1."""

from django.urls import path

from scorecards.views import cards, definitions, measures

app_name = "scorecards"
urlpatterns = [
    path("", cards.scorecards, name="scorecards"),
    path("<int:pk>/", cards.scorecard, name="scorecard"),
    path("<int:pk>/file.<str:form>", cards.scorecard_file, name="scorecard_file"),
    path("<int:pk>/report/", cards.report_order, name="report_order"),
    path("nodes/<int:pk>/", cards.node, name="node"),
    path("measures/", measures.measures, name="measures"),
    path("measures/<int:pk>/", measures.measure, name="measure"),
    path("measures/<int:pk>/file.<str:form>", measures.measure_file, name="measure_file"),
    path("measures/<int:pk>/record/", measures.measure_record, name="measure_record"),
    path("library/", definitions.definitions, name="definitions"),
    path("library/file.<str:form>", definitions.definitions_file, name="definitions_file"),
    path("library/<int:pk>/", definitions.definition, name="definition"),
]
