"""Input of the app's pages: parsed and shaped here, judged by the actions."""
