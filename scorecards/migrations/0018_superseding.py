from django.db import migrations

from audit.operations import SupersedeOnce


class Migration(migrations.Migration):
    dependencies = [("scorecards", "0017_reports_of_measures"), ("audit", "0004_superseding")]
    operations = [
        SupersedeOnce("scorecards_observation"),
        SupersedeOnce("scorecards_target"),
        SupersedeOnce("scorecards_baseline"),
        SupersedeOnce("scorecards_declaredstatus"),
        SupersedeOnce("scorecards_ownerforecast"),
    ]
