from django.db import migrations

from audit.operations import AppendOnly, Track


class Migration(migrations.Migration):
    dependencies = [("scorecards", "0009_schedules_of_reports"), ("audit", "0002_triggers")]
    operations = [
        Track("scorecards_reportschedule"),
        Track("scorecards_reportschedule_recipients"),
        AppendOnly("scorecards_report_readers"),
    ]
