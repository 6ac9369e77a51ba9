from django.db import migrations

from audit.operations import Marked


class Migration(migrations.Migration):
    dependencies = [("scorecards", "0012_reminders"), ("audit", "0003_marks")]
    operations = [
        Marked(
            "scorecards_measuredefinition",
            "scorecards_definitionversion",
            "scorecards_measure_updaters",
            "scorecards_measure",
            "scorecards_formulainput",
            "scorecards_annotation",
            "scorecards_scorecard",
            "scorecards_scorecardbands",
            "scorecards_node",
            "scorecards_edge",
            "scorecards_result",
            "scorecards_measureforecast",
            "scorecards_declaredstatus",
            "scorecards_correctiveaction_items",
            "scorecards_correctiveaction",
            "scorecards_redalert",
            "scorecards_series",
            "scorecards_observation",
            "scorecards_target",
            "scorecards_baseline",
            "scorecards_submission",
            "scorecards_ownerforecast",
            "scorecards_periodlock",
            "scorecards_reminderplan",
            "scorecards_reportschedule_recipients",
            "scorecards_reportschedule",
            "scorecards_report_readers",
            "scorecards_report",
        )
    ]
