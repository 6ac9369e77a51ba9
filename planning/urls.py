"""Pages of process 4."""

from django.urls import path

from planning.views import cards, comparing, cycles, editing, exchange, maps, starting, states, steps, trials

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
    path("maps/<int:pk>/move/", cards.card_move, name="card_move"),
    path("maps/<int:pk>/link/", cards.card_link, name="card_link"),
    path("maps/<int:pk>/words/", editing.words_edit, name="words_edit"),
    path("maps/<int:pk>/<slug:noun>/new/", editing.node_new, name="node_new"),
    path("maps/<int:pk>/<slug:noun>/<int:node>/", editing.node_edit, name="node_edit"),
    path("maps/<int:pk>/<slug:noun>/<int:node>/retire/", editing.node_retire, name="node_retire"),
    path("maps/<int:pk>/<slug:noun>/<int:node>/shift/", editing.node_shift, name="node_shift"),
    path("cycles/", cycles.cycles, name="cycles"),
    path("cycles/new/", cycles.cycle_new, name="cycle_new"),
    path("cycles/<int:pk>/", cycles.cycle, name="cycle"),
    path("cycles/<int:pk>/edit/", cycles.cycle_edit, name="cycle_edit"),
    path("cycles/<int:pk>/close/", cycles.cycle_close, name="cycle_close"),
    path("cycles/<int:pk>/reopen/", cycles.cycle_reopen, name="cycle_reopen"),
    path("cycles/<int:pk>/steps.ics", cycles.steps_calendar, name="steps_calendar"),
    path("cycles/<int:pk>/steps.<slug:form>", cycles.steps_file, name="steps_file"),
    path("cycles/<int:pk>/steps/new/", steps.step_new, name="step_new"),
    path("steps/<int:pk>/", steps.step, name="step"),
    path("steps/<int:pk>/edit/", steps.step_edit, name="step_edit"),
    path("steps/<int:pk>/begin/", steps.step_begin, name="step_begin"),
    path("steps/<int:pk>/finish/", steps.step_finish, name="step_finish"),
    path("steps/<int:pk>/skip/", steps.step_skip, name="step_skip"),
    path("steps/<int:pk>/reopen/", steps.step_reopen, name="step_reopen"),
    path("strategies/<int:pk>/submit/", states.strategy_submit, name="strategy_submit"),
    path("strategies/<int:pk>/approve/", states.strategy_approve, name="strategy_approve"),
    path("strategies/<int:pk>/return/", states.strategy_return, name="strategy_return"),
    path("strategies/<int:pk>/adopt/", states.strategy_adopt, name="strategy_adopt"),
    path("strategies/<int:pk>/close/", states.strategy_close, name="strategy_close"),
    path("strategies/<int:pk>/compare/", comparing.strategy_compare, name="strategy_compare"),
    path("strategies/<int:pk>/compare/pdf/", comparing.strategy_compare_pdf, name="strategy_compare_pdf"),
]
