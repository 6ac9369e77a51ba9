import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from audit.operations import AppendOnly, Marked


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('scorecards', '0018_superseding'),
        ('strategy', '0006_marks'),
        ('audit', '0003_marks'),
    ]

    operations = [
        migrations.CreateModel(
            name='LinkTrial',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('tested_on', models.DateField(verbose_name='tested on')),
                ('verdict', models.CharField(choices=[('supported', 'Supported'), ('not_seen', 'Not seen'), ('contradicted', 'Contradicted'), ('too_early', 'Too early')], max_length=12, verbose_name='verdict')),
                ('reason', models.CharField(blank=True, max_length=12)),
                ('frequency', models.CharField(blank=True, choices=[('week', 'Weekly'), ('month', 'Monthly'), ('quarter', 'Quarterly'), ('half_year', 'Half-yearly'), ('year', 'Yearly')], max_length=10)),
                ('newest', models.DateField(null=True, verbose_name='newest period')),
                ('first', models.DateField(null=True, verbose_name='first period used')),
                ('last', models.DateField(null=True, verbose_name='last period used')),
                ('pairs', models.PositiveIntegerField(default=0, verbose_name='pairs')),
                ('units', models.PositiveIntegerField(default=0, verbose_name='units')),
                ('is_deseasoned', models.BooleanField(default=False)),
                ('p', models.FloatField(null=True)),
                ('lag', models.PositiveSmallIntegerField(null=True, verbose_name='lag in periods')),
                ('slope', models.FloatField(null=True)),
                ('slope_low', models.FloatField(null=True)),
                ('slope_high', models.FloatField(null=True)),
                ('missed', models.FloatField(null=True)),
                ('data_hash', models.CharField(max_length=64)),
                ('link', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='trials', to='strategy.objectivelink')),
                ('source', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scorecards.measure')),
                ('target', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scorecards.measure')),
            ],
            options={
                'verbose_name': 'test of a link',
                'verbose_name_plural': 'tests of links',
                'ordering': ['link', 'pk'],
            },
        ),
        AppendOnly('planning_linktrial'),
        Marked('planning_linktrial'),
    ]
