from django.db import migrations

from audit.operations import Track


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial"), ("audit", "0002_triggers")]
    operations = [
        Track("notifications_preference"),
    ]
