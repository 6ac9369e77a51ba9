from django.db import migrations

from audit.operations import AppendOnly, Track


class Migration(migrations.Migration):
    dependencies = [("scorecards", "0001_initial"), ("audit", "0002_triggers")]
    operations = [
        Track("scorecards_measure"),
        Track("scorecards_measure_updaters"),
        Track("scorecards_series"),
        Track("scorecards_scorecard"),
        Track("scorecards_scorecardbands"),
        Track("scorecards_node"),
        Track("scorecards_edge"),
        Track("scorecards_periodlock"),
        AppendOnly("scorecards_observation", once=("superseded_at",)),
        AppendOnly("scorecards_target", once=("superseded_at",)),
        AppendOnly("scorecards_report", once=("file_id",)),
    ]
