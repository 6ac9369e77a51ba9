"""Pages of the shared model. `subjects/<pk>/…` are verbs on any record, named by its Subject."""

from django.urls import path

from strategy.views import attached, items, pages

app_name = "strategy"
urlpatterns = [
    path("", pages.strategies, name="strategies"),
    path("file.<str:form>", pages.strategies_file, name="strategies_file"),
    path("<int:pk>/objectives.<str:form>", pages.objectives_file, name="objectives_file"),
    path("<int:pk>/", pages.strategy, name="strategy"),
    path("versions/<int:pk>/", pages.version, name="version"),
    path("themes/<int:pk>/", pages.theme, name="theme"),
    path("objectives/<int:pk>/", pages.objective, name="objective"),
    path("objectives/<int:pk>/panels/<slug:key>/", pages.objective_panel, name="objective_panel"),
    path("subjects/<int:pk>/", attached.discussion, name="discussion"),
    path("subjects/<int:pk>/comment/", attached.comment_new, name="comment_new"),
    path("subjects/<int:pk>/update/", attached.update_new, name="update_new"),
    path("subjects/<int:pk>/attach/", attached.attachment_new, name="attachment_new"),
    path("subjects/<int:pk>/action/", items.action_item_new, name="action_item_new"),
    path("comments/<int:pk>/reply/", attached.comment_reply, name="comment_reply"),
    path("comments/<int:pk>/remove/", attached.comment_remove, name="comment_remove"),
    path("comments/<int:pk>/restore/", attached.comment_restore, name="comment_restore"),
    path("updates/<int:pk>/acknowledge/", attached.update_acknowledge, name="update_acknowledge"),
    path("attachments/<int:pk>/", attached.attachment, name="attachment"),
    path("attachments/<int:pk>/remove/", attached.attachment_remove, name="attachment_remove"),
    path("attachments/<int:pk>/restore/", attached.attachment_restore, name="attachment_restore"),
    path("action-items/<int:pk>/", items.action_item, name="action_item"),
    path("action-items/<int:pk>/complete/", items.action_item_complete, name="action_item_complete"),
    path("action-items/<int:pk>/reopen/", items.action_item_reopen, name="action_item_reopen"),
    path("action-items/<int:pk>/reassign/", items.action_item_reassign, name="action_item_reassign"),
]
