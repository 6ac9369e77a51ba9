import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from audit.operations import AppendOnly, Marked


class Migration(migrations.Migration):

    dependencies = [
        ('planning', '0001_initial'),
        ('strategy', '0006_marks'),
        ('audit', '0003_marks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PlanSource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.PositiveSmallIntegerField(choices=[(1, 'StratML Part 1, strategic plan'), (2, 'StratML Part 2, performance plan or report')], verbose_name='part')),
                ('file_name', models.CharField(max_length=255, verbose_name='file')),
                ('tree', models.JSONField(default=dict)),
                ('content', models.JSONField(default=dict)),
                ('keys', models.JSONField(default=dict)),
                ('warnings', models.JSONField(default=list, verbose_name='warnings')),
                ('taken_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('strategy', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='plan_source', to='strategy.strategy')),
            ],
            options={
                'verbose_name': 'source of a plan',
                'verbose_name_plural': 'sources of plans',
            },
        ),
        AppendOnly('planning_plansource'),
        Marked('planning_plansource'),
    ]
