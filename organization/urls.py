"""Pages of the organisation: units, people, my account, settings, a first password."""

from __future__ import annotations

from django.urls import path

from organization.views import account, entrance, people, savedviews, settings, standing, units

app_name = "organization"
urlpatterns = [
    path("units/", units.units, name="units"),
    path("units/file.<str:form>", units.units_file, name="units_file"),
    path("units/new/", units.unit_new, name="unit_new"),
    path("units/<int:pk>/", units.unit, name="unit"),
    path("units/<int:pk>/edit/", units.unit_edit, name="unit_edit"),
    path("units/<int:pk>/move/", units.unit_move, name="unit_move"),
    path("units/<int:pk>/close/", units.unit_close, name="unit_close"),
    path("units/<int:pk>/reopen/", units.unit_reopen, name="unit_reopen"),
    path("people/", people.people, name="people"),
    path("people/file.<str:form>", people.people_file, name="people_file"),
    path("people/without-manager/", people.people_orphans, name="people_orphans"),
    path("people/new/", people.person_new, name="person_new"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/edit/", people.person_edit, name="person_edit"),
    path("people/<int:pk>/invite/", people.person_invite, name="person_invite"),
    path("people/<int:pk>/leave/", people.person_leave, name="person_leave"),
    path("people/<int:pk>/return/", people.person_return, name="person_return"),
    path("people/<int:pk>/roles/new/", standing.role_new, name="role_new"),
    path("roles/<int:pk>/end/", standing.role_end, name="role_end"),
    path("people/<int:pk>/positions/new/", standing.position_new, name="position_new"),
    path("positions/<int:pk>/end/", standing.position_end, name="position_end"),
    path("people/<int:pk>/manager/", standing.manager_set, name="manager_set"),
    path("people/<int:pk>/deputies/new/", standing.deputy_new, name="deputy_new"),
    path("deputies/<int:pk>/end/", standing.deputy_end, name="deputy_end"),
    path("deputies/<int:pk>/act/", account.deputy_act, name="deputy_act"),
    path("me/", account.me, name="me"),
    path("me/act-for-myself/", account.deputy_stop, name="deputy_stop"),
    path("me/tokens/new/", account.token_new, name="token_new"),
    path("tokens/<int:pk>/revoke/", account.token_revoke, name="token_revoke"),
    path("links/<int:pk>/revoke/", account.link_revoke, name="link_revoke"),
    path("views/new/", savedviews.view_new, name="view_new"),
    path("views/<int:pk>/delete/", savedviews.view_trash, name="view_trash"),
    path("views/<int:pk>/restore/", savedviews.view_restore, name="view_restore"),
    path("settings/", settings.settings, name="settings"),
    path("settings/organization/<int:pk>/", settings.settings_organization, name="settings_organization"),
    path("settings/year/", settings.settings_year, name="settings_year"),
    path("settings/year/<int:pk>/drop/", settings.year_drop, name="year_drop"),
    path("settings/rate/", settings.settings_rate, name="settings_rate"),
    path("settings/words/", settings.settings_terms, name="settings_terms"),
    path("settings/fields/new/", settings.field_new, name="field_new"),
    path("settings/fields/<int:pk>/", settings.field_edit, name="field_edit"),
    path("settings/fields/<int:pk>/remove/", settings.field_remove, name="field_remove"),
    path("invitation/<str:key>/", entrance.invitation, name="invitation"),
    path("first-password/", entrance.first_password, name="first_password"),
]
