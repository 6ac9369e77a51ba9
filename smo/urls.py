"""Every route of the portal: one include per app, the API, sign-in, health."""

urlpatterns: list[object] = []
