import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from audit.operations import Marked, Track


class Migration(migrations.Migration):

    dependencies = [
        ('organization', '0003_marks'),
        ('planning', '0002_plan_sources'),
        ('strategy', '0006_marks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Assumption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version of the row')),
                ('statement', models.CharField(max_length=200, verbose_name='what we believe')),
                ('because', models.TextField(blank=True, verbose_name='why we believe it')),
                ('confidence', models.DecimalField(decimal_places=3, max_digits=4, verbose_name='confidence')),
                ('validated_on', models.DateField(verbose_name='validated on')),
                ('half_life', models.DecimalField(decimal_places=1, default=Decimal('12'), max_digits=5, verbose_name='half-life in months')),
                ('review_on', models.DateField(verbose_name='to be looked at again by')),
                ('falsified_on', models.DateField(blank=True, null=True, verbose_name='found to be wrong on')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('subject', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.subject')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assumptions', to='organization.orgunit')),
            ],
            options={
                'verbose_name': 'assumption',
                'verbose_name_plural': 'assumptions',
                'ordering': ['review_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Carries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('assumption', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='carries', to='planning.assumption')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='carried_by', to='organization.subject', verbose_name='what it carries')),
            ],
            options={
                'verbose_name': 'what an assumption carries',
                'verbose_name_plural': 'what assumptions carry',
            },
        ),
        migrations.CreateModel(
            name='PlanningCycle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version of the row')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('starts_on', models.DateField(verbose_name='starts on')),
                ('ends_on', models.DateField(verbose_name='ends on')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='closed on')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('strategy', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='planning_cycles', to='strategy.strategy', verbose_name='strategy')),
                ('subject', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.subject')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='planning_cycles', to='organization.orgunit')),
            ],
            options={
                'verbose_name': 'planning cycle',
                'verbose_name_plural': 'planning cycles',
                'ordering': ['-starts_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='StrategicIssue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version of the row')),
                ('question', models.CharField(max_length=200, verbose_name='question')),
                ('why', models.TextField(blank=True, verbose_name='why it matters')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='to be settled by')),
                ('answer', models.TextField(blank=True, verbose_name='answer')),
                ('settled_on', models.DateField(blank=True, null=True, verbose_name='settled on')),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='issues', to='planning.planningcycle', verbose_name='planning cycle')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('subject', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.subject')),
            ],
            options={
                'verbose_name': 'strategic issue',
                'verbose_name_plural': 'strategic issues',
                'ordering': ['due_on', 'pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='assumption',
            constraint=models.CheckConstraint(condition=models.Q(('confidence__gte', 0), ('confidence__lte', 1)), name='confidence_is_a_share'),
        ),
        migrations.AddConstraint(
            model_name='assumption',
            constraint=models.CheckConstraint(condition=models.Q(('half_life__gt', 0)), name='half_life_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='carries',
            constraint=models.UniqueConstraint(fields=('assumption', 'subject'), name='carried_once'),
        ),
        migrations.AddConstraint(
            model_name='planningcycle',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='cycle_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='planningcycle',
            constraint=models.UniqueConstraint(fields=('unit', 'name'), name='cycle_name_once_per_unit'),
        ),
        Track('planning_assumption'),
        Track('planning_carries'),
        Track('planning_planningcycle'),
        Track('planning_strategicissue'),
        Marked('planning_assumption', 'planning_carries', 'planning_planningcycle', 'planning_strategicissue'),
    ]
