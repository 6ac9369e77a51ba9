import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from audit.operations import AppendOnly, Marked


class Migration(migrations.Migration):

    dependencies = [
        ('scorecards', '0014_dated_roll_ups'),
        ('audit', '0003_marks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Excuse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='recorded at')),
                ('superseded_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='superseded at')),
                ('event_id', models.BigIntegerField(editable=False, null=True, verbose_name='audit event')),
                ('frequency', models.CharField(choices=[('week', 'Weekly'), ('month', 'Monthly'), ('quarter', 'Quarterly'), ('half_year', 'Half-yearly'), ('year', 'Yearly')], max_length=10)),
                ('period_start', models.DateField(verbose_name='period')),
                ('revision', models.PositiveIntegerField(default=1, verbose_name='revision')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('measure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='excuses', to='scorecards.measure')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'excuse',
                'verbose_name_plural': 'excuses',
                'constraints': [models.UniqueConstraint(fields=('measure', 'frequency', 'period_start', 'revision'), name='excuse_revision_once'), models.UniqueConstraint(condition=models.Q(('superseded_at__isnull', True)), fields=('measure', 'frequency', 'period_start'), name='one_current_excuse')],
            },
        ),
        AppendOnly('scorecards_excuse', once=('superseded_at',)),
        Marked('scorecards_excuse'),
    ]
