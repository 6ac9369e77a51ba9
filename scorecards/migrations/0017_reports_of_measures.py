import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('scorecards', '0016_rights_of_reports'),
    ]

    operations = [
        migrations.AddField(
            model_name='report',
            name='measure',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='scorecards.measure'),
        ),
    ]
