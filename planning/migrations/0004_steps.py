import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from audit.operations import Marked, Track


class Migration(migrations.Migration):

    dependencies = [
        ('organization', '0003_marks'),
        ('planning', '0003_cycles_issues_assumptions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CycleStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version of the row')),
                ('kind', models.CharField(choices=[('prepare', 'Prepare'), ('analyse', 'Analyse'), ('decide', 'Decide'), ('adopt', 'Adopt'), ('cascade', 'Cascade'), ('test_and_adapt', 'Test and adapt')], max_length=14, verbose_name='kind')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('starts_on', models.DateField(verbose_name='starts on')),
                ('ends_on', models.DateField(verbose_name='ends on')),
                ('inputs', models.TextField(blank=True, verbose_name='what it needs')),
                ('outputs', models.TextField(blank=True, verbose_name='what it hands on')),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('under_way', 'Under way'), ('done', 'Done'), ('skipped', 'Skipped')], default='planned', max_length=9, verbose_name='state')),
                ('done_on', models.DateField(blank=True, null=True, verbose_name='done on')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='planning.planningcycle')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('subject', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.subject')),
            ],
            options={
                'verbose_name': 'step of a planning cycle',
                'verbose_name_plural': 'steps of planning cycles',
                'ordering': ['starts_on', 'ends_on', 'pk'],
                'indexes': [models.Index(condition=models.Q(('state__in', ['planned', 'under_way'])), fields=['owner', 'ends_on'], name='step_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='step_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(models.Q(('done_on__isnull', False), ('state', 'done')), models.Q(models.Q(('state', 'done'), _negated=True), ('done_on', None)), _connector='OR'), name='step_has_a_day_when_done'), models.CheckConstraint(condition=models.Q(('note', ''), ('state', 'skipped'), _negated=True), name='step_skipped_with_a_reason')],
            },
        ),
        Track('planning_cyclestep'),
        Marked('planning_cyclestep'),
    ]
