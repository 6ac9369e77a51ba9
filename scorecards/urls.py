"""Pages of process 1."""

from django.urls import path

from scorecards.views import cards, definitions, designing, keeping, lists, measures, targets, weights

app_name = "scorecards"
urlpatterns = [
    path("", cards.scorecards, name="scorecards"),
    path("file.<str:form>", lists.scorecards_file, name="scorecards_file"),
    path("<int:pk>/", cards.scorecard, name="scorecard"),
    path("<int:pk>/file.<str:form>", cards.scorecard_file, name="scorecard_file"),
    path("<int:pk>/report/", cards.report_order, name="report_order"),
    path("<int:pk>/weights/", weights.weights, name="weights"),
    path("<int:pk>/bands/", weights.bands, name="bands"),
    path("nodes/<int:pk>/", cards.node, name="node"),
    path("nodes/<int:pk>/weights/", weights.node_weights, name="node_weights"),
    path("nodes/<int:pk>/rule/", weights.node_rule, name="node_rule"),
    path("measures/", measures.measures, name="measures"),
    path("measures/file.<str:form>", lists.measures_file, name="measures_file"),
    path("measures/new/", designing.measure_new, name="measure_new"),
    path("measures/new/<int:pk>/", designing.measure_add, name="measure_add"),
    path("measures/<int:pk>/", measures.measure, name="measure"),
    path("measures/<int:pk>/edit/", designing.measure_edit, name="measure_edit"),
    path("measures/<int:pk>/targets/", targets.measure_targets, name="measure_targets"),
    path("measures/<int:pk>/retire/", designing.measure_retire, name="measure_retire"),
    path("measures/<int:pk>/file.<str:form>", measures.measure_file, name="measure_file"),
    path("measures/<int:pk>/record/", measures.measure_record, name="measure_record"),
    path("reporting/", keeping.reporting, name="reporting"),
    path("reporting/file.<str:form>", keeping.reporting_file, name="reporting_file"),
    path("<int:pk>/quality/", keeping.quality, name="quality"),
    path("compare/", keeping.compare, name="compare"),
    path("compare/file.<str:form>", keeping.compare_file, name="compare_file"),
    path("library/<int:pk>/compare/", keeping.compare_units, name="compare_units"),
    path("library/", definitions.definitions, name="definitions"),
    path("library/file.<str:form>", definitions.definitions_file, name="definitions_file"),
    path("library/new/", definitions.definition_new, name="definition_new"),
    path("library/<int:pk>/", definitions.definition, name="definition"),
    path("library/<int:pk>/edit/", definitions.definition_edit, name="definition_edit"),
    path("library/<int:pk>/retire/", definitions.definition_retire, name="definition_retire"),
    path("library/<int:pk>/versions/", definitions.definition_versions, name="definition_versions"),
    path("measures/<int:pk>/follow/", definitions.measure_follow, name="measure_follow"),
    path("measures/<int:pk>/leave/", definitions.measure_leave, name="measure_leave"),
]
