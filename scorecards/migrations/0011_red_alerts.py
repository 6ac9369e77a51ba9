import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from audit.operations import AppendOnly


class Migration(migrations.Migration):

    dependencies = [
        ('scorecards', '0010_triggers_of_schedules'),
    ]

    operations = [
        migrations.CreateModel(
            name='RedAlert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('frequency', models.CharField(choices=[('week', 'Weekly'), ('month', 'Monthly'), ('quarter', 'Quarterly'), ('half_year', 'Half-yearly'), ('year', 'Yearly')], max_length=10)),
                ('period_start', models.DateField(verbose_name='period')),
                ('told_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('measure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='red_alerts', to='scorecards.measure')),
            ],
            options={
                'verbose_name': 'alert of a red',
                'verbose_name_plural': 'alerts of reds',
                'constraints': [models.UniqueConstraint(fields=('measure', 'frequency', 'period_start'), name='one_alert_of_a_red')],
            },
        ),
        AppendOnly('scorecards_redalert'),
    ]
