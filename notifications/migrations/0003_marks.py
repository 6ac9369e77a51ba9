from django.db import migrations

from audit.operations import Marked


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_triggers"), ("audit", "0003_marks")]
    operations = [
        Marked(
            "notifications_notification",
            "notifications_preference",
        )
    ]
