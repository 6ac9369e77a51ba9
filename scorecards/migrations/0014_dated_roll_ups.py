import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import organization.models.units
from django.db import migrations, models

from audit.operations import Marked, Track

RULES = [('weighted', 'Weighted mean'), ('worst', 'Worst child'), ('most_frequent', 'Most frequent status')]


class Migration(migrations.Migration):
    """The roll-up of a node gets a time; what it was so far has always held."""

    dependencies = [
        ('scorecards', '0013_marks'),
        ('audit', '0003_marks'),
    ]

    operations = [
        migrations.CreateModel(
            name='NodeRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(choices=RULES, max_length=13, verbose_name='roll-up')),
                ('valid', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='valid')),
                ('node', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rules', to='scorecards.node')),
            ],
            options={
                'verbose_name': 'roll-up',
                'verbose_name_plural': 'roll-ups',
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(organization.models.units.IdRange('node_id'), '&&'), ('valid', '&&')], name='one_rule_at_a_time')],
            },
        ),
        migrations.RunSQL(
            """
            INSERT INTO scorecards_noderule (node_id, rule, valid)
            SELECT id, rule, daterange(NULL, NULL) FROM scorecards_node WHERE rule <> 'weighted';
            SET CONSTRAINTS ALL IMMEDIATE;
            SET CONSTRAINTS ALL DEFERRED;
            """,
            migrations.RunSQL.noop,
        ),
        migrations.RemoveField(model_name='node', name='rule'),
        Track('scorecards_noderule'),
        Marked('scorecards_noderule'),
    ]
