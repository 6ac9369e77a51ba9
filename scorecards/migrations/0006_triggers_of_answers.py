from django.db import migrations

from audit.operations import AppendOnly, Track


class Migration(migrations.Migration):
    dependencies = [("scorecards", "0005_library_answers_four_eyes"), ("audit", "0002_triggers")]
    operations = [
        Track("scorecards_annotation"),
        Track("scorecards_correctiveaction"),
        Track("scorecards_correctiveaction_items"),
        Track("scorecards_formulainput"),
        Track("scorecards_measuredefinition"),
        Track("scorecards_submission"),
        AppendOnly("scorecards_baseline", once=("superseded_at",)),
        AppendOnly("scorecards_declaredstatus", once=("superseded_at",)),
        AppendOnly("scorecards_definitionversion"),
        AppendOnly("scorecards_ownerforecast", once=("superseded_at",)),
    ]
