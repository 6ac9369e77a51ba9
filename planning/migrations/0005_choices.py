import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from audit.operations import AppendOnly, Marked, Track


class Migration(migrations.Migration):

    dependencies = [
        ('organization', '0003_marks'),
        ('planning', '0004_steps'),
        ('scorecards', '0018_superseding'),
        ('strategy', '0006_marks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AssumptionCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='on')),
                ('confidence', models.DecimalField(decimal_places=3, max_digits=4, null=True, verbose_name='confidence')),
                ('words', models.TextField(blank=True, verbose_name='what was found')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'verbose_name': 'check of an assumption',
                'verbose_name_plural': 'checks of assumptions',
                'ordering': ['assumption', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Criterion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='criterion')),
                ('weight', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='weight, %')),
                ('ten_means', models.CharField(blank=True, max_length=200, verbose_name='what a 10 means')),
            ],
            options={
                'verbose_name': 'criterion',
                'verbose_name_plural': 'criteria',
                'ordering': ['issue', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='OptionScore',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('score', models.DecimalField(decimal_places=2, max_digits=4, verbose_name='score')),
                ('words', models.CharField(blank=True, max_length=300, verbose_name='why')),
            ],
            options={
                'verbose_name': 'score of an option',
                'verbose_name_plural': 'scores of options',
            },
        ),
        migrations.CreateModel(
            name='Scenario',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version of the row')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('story', models.TextField(blank=True, verbose_name='what happens')),
                ('early_moves', models.TextField(blank=True, verbose_name='what we would do')),
                ('state', models.CharField(choices=[('watched', 'Watched'), ('come', 'Has come'), ('closed', 'No longer watched')], default='watched', max_length=8, verbose_name='state')),
            ],
            options={
                'verbose_name': 'scenario',
                'verbose_name_plural': 'scenarios',
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ScenarioTrigger',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_above', models.BooleanField(default=True, verbose_name='above the limit')),
                ('limit', models.DecimalField(decimal_places=15, max_digits=38, verbose_name='limit')),
                ('periods', models.PositiveSmallIntegerField(default=1, verbose_name='periods in a row')),
                ('removed_on', models.DateField(blank=True, null=True, verbose_name='taken away on')),
            ],
            options={
                'verbose_name': 'trigger of a scenario',
                'verbose_name_plural': 'triggers of scenarios',
                'ordering': ['scenario', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='StrategicOption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='option')),
                ('description', models.TextField(blank=True, verbose_name='what it means')),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('chosen', 'Chosen'), ('rejected', 'Rejected')], default='proposed', max_length=8, verbose_name='state')),
                ('reason', models.TextField(blank=True, verbose_name='why it was chosen or rejected')),
            ],
            options={
                'verbose_name': 'strategic option',
                'verbose_name_plural': 'strategic options',
                'ordering': ['issue', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='TriggerFiring',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('frequency', models.CharField(choices=[('week', 'Weekly'), ('month', 'Monthly'), ('quarter', 'Quarterly'), ('half_year', 'Half-yearly'), ('year', 'Yearly')], max_length=10)),
                ('period_start', models.DateField(verbose_name='period')),
                ('value', models.FloatField(verbose_name='value')),
                ('fired_on', models.DateField(verbose_name='noticed on')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'verbose_name': 'firing of a trigger',
                'verbose_name_plural': 'firings of triggers',
                'ordering': ['trigger', 'period_start'],
            },
        ),
        migrations.AddField(
            model_name='carries',
            name='link',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='carried_by', to='strategy.objectivelink', verbose_name='the link it carries'),
        ),
        migrations.AlterField(
            model_name='carries',
            name='assumption',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='carries', to='planning.assumption'),
        ),
        migrations.AlterField(
            model_name='carries',
            name='subject',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='carried_by', to='organization.subject', verbose_name='what it carries'),
        ),
        migrations.AddConstraint(
            model_name='carries',
            constraint=models.UniqueConstraint(fields=('assumption', 'link'), name='link_carried_once'),
        ),
        migrations.AddConstraint(
            model_name='carries',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('link__isnull', False), ('subject', None)), models.Q(('link', None), ('subject__isnull', False)), _connector='OR'), name='carries_one_thing'),
        ),
        migrations.AddField(
            model_name='assumptioncheck',
            name='assumption',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='planning.assumption'),
        ),
        migrations.AddField(
            model_name='assumptioncheck',
            name='person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='criterion',
            name='issue',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='criteria', to='planning.strategicissue'),
        ),
        migrations.AddField(
            model_name='optionscore',
            name='criterion',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scores', to='planning.criterion'),
        ),
        migrations.AddField(
            model_name='scenario',
            name='owner',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner'),
        ),
        migrations.AddField(
            model_name='scenario',
            name='strategy',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='scenarios', to='strategy.strategy', verbose_name='strategy'),
        ),
        migrations.AddField(
            model_name='scenario',
            name='subject',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.subject'),
        ),
        migrations.AddField(
            model_name='scenario',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scenarios', to='organization.orgunit'),
        ),
        migrations.AddField(
            model_name='scenariotrigger',
            name='measure',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scorecards.measure', verbose_name='measure'),
        ),
        migrations.AddField(
            model_name='scenariotrigger',
            name='scenario',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='triggers', to='planning.scenario'),
        ),
        migrations.AddField(
            model_name='strategicoption',
            name='issue',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='options', to='planning.strategicissue'),
        ),
        migrations.AddField(
            model_name='optionscore',
            name='option',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scores', to='planning.strategicoption'),
        ),
        migrations.AddField(
            model_name='triggerfiring',
            name='trigger',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='firings', to='planning.scenariotrigger'),
        ),
        migrations.AddConstraint(
            model_name='assumptioncheck',
            constraint=models.CheckConstraint(condition=models.Q(('confidence', None), models.Q(('confidence__gte', 0), ('confidence__lte', 1)), _connector='OR'), name='checked_as_a_share'),
        ),
        migrations.AddConstraint(
            model_name='criterion',
            constraint=models.UniqueConstraint(deferrable=models.Deferrable['DEFERRED'], fields=('issue', 'name'), name='criterion_name_once_per_issue'),
        ),
        migrations.AddConstraint(
            model_name='criterion',
            constraint=models.CheckConstraint(condition=models.Q(('weight__gte', 0), ('weight__lte', 100)), name='criterion_weight_is_a_percentage'),
        ),
        migrations.AddConstraint(
            model_name='scenario',
            constraint=models.UniqueConstraint(fields=('unit', 'name'), name='scenario_name_once_per_unit'),
        ),
        migrations.AddConstraint(
            model_name='scenariotrigger',
            constraint=models.CheckConstraint(condition=models.Q(('periods__gte', 1)), name='trigger_asks_for_a_period'),
        ),
        migrations.AddConstraint(
            model_name='scenariotrigger',
            constraint=models.UniqueConstraint(condition=models.Q(('removed_on', None)), fields=('scenario', 'measure', 'is_above', 'limit'), name='trigger_once_per_scenario'),
        ),
        migrations.AddConstraint(
            model_name='strategicoption',
            constraint=models.UniqueConstraint(fields=('issue', 'name'), name='option_name_once_per_issue'),
        ),
        migrations.AddConstraint(
            model_name='strategicoption',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'chosen')), fields=('issue',), name='one_option_chosen'),
        ),
        migrations.AddConstraint(
            model_name='optionscore',
            constraint=models.UniqueConstraint(fields=('option', 'criterion'), name='option_scored_once_per_criterion'),
        ),
        migrations.AddConstraint(
            model_name='optionscore',
            constraint=models.CheckConstraint(condition=models.Q(('score__gte', 0), ('score__lte', 10)), name='option_score_is_0_to_10'),
        ),
        migrations.AddConstraint(
            model_name='triggerfiring',
            constraint=models.UniqueConstraint(fields=('trigger', 'frequency', 'period_start'), name='trigger_fires_once_a_period'),
        ),
        AppendOnly('planning_assumptioncheck'),
        AppendOnly('planning_triggerfiring'),
        Track('planning_criterion'),
        Track('planning_optionscore'),
        Track('planning_scenario'),
        Track('planning_scenariotrigger'),
        Track('planning_strategicoption'),
        Marked(
            'planning_assumptioncheck',
            'planning_criterion',
            'planning_optionscore',
            'planning_scenario',
            'planning_scenariotrigger',
            'planning_strategicoption',
            'planning_triggerfiring',
        ),
    ]
