from django.db import migrations

from audit.operations import AppendOnly
from audit.sql import DROP, FUNCTIONS


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTIONS, DROP),
        AppendOnly("audit_event"),
        AppendOnly("audit_change"),
    ]
