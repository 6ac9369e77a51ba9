from django.db import migrations

from audit.operations import AppendOnly, Track


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial"), ("audit", "0002_triggers")]
    operations = [
        Track("jobs_schedule"),
        Track("jobs_importmapping"),
        AppendOnly("jobs_importrun"),
    ]
