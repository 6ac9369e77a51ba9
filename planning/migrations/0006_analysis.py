import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from audit.operations import Marked, Track


class Migration(migrations.Migration):

    dependencies = [
        ('organization', '0003_marks'),
        ('planning', '0005_choices'),
        ('strategy', '0006_marks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Canvas',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version of the row')),
                ('kind', models.CharField(choices=[('swot', 'SWOT'), ('pestle', 'PESTLE')], max_length=6, verbose_name='kind')),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('question', models.CharField(blank=True, max_length=300, verbose_name='question')),
                ('open_until', models.DateField(verbose_name='open until')),
                ('votes', models.PositiveSmallIntegerField(default=5, validators=[django.core.validators.MaxValueValidator(50)], verbose_name='votes of each person')),
                ('state', models.CharField(choices=[('open', 'Open'), ('closed', 'Closed')], default='open', max_length=6, verbose_name='state')),
                ('is_private', models.GeneratedField(db_persist=True, expression=models.Case(models.When(state='open', then=models.Value(True)), default=models.Value(False)), output_field=models.BooleanField())),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='canvases', to='planning.planningcycle', verbose_name='planning cycle')),
                ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='opened by')),
                ('subject', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.subject')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='canvases', to='organization.orgunit', verbose_name='unit')),
            ],
            options={
                'verbose_name': 'canvas',
                'verbose_name_plural': 'canvases',
                'ordering': ['cycle', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='AnalysisNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row_version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version of the row')),
                ('field', models.CharField(choices=[('strength', 'Strengths'), ('weakness', 'Weaknesses'), ('opportunity', 'Opportunities'), ('threat', 'Threats'), ('political', 'Political'), ('economic', 'Economic'), ('social', 'Social'), ('technological', 'Technological'), ('legal', 'Legal'), ('environmental', 'Environmental')], max_length=13, verbose_name='field')),
                ('text', models.CharField(max_length=300, verbose_name='conclusion')),
                ('evidence', models.TextField(blank=True, verbose_name='evidence')),
                ('evidence_url', models.URLField(blank=True, max_length=500, verbose_name='link to the evidence')),
                ('group', models.CharField(blank=True, max_length=80, verbose_name='group')),
                ('state', models.CharField(choices=[('open', 'Not traced yet'), ('traced', 'Traced'), ('parked', 'Parked')], default='open', max_length=6, verbose_name='state')),
                ('parked_because', models.CharField(blank=True, max_length=300, verbose_name='parked because')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='author')),
                ('subject', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.subject')),
                ('canvas', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='planning.canvas')),
            ],
            options={
                'verbose_name': 'note',
                'verbose_name_plural': 'notes',
                'ordering': ['canvas', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='CanvasInvitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('invited_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='invited at')),
                ('answer', models.CharField(blank=True, choices=[('note', 'Added a note'), ('vote', 'Voted'), ('nothing', 'Has nothing to add')], max_length=7, verbose_name='answer')),
                ('answered_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='answered at')),
                ('canvas', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='planning.canvas')),
                ('invited_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='invited by')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'invitation to a canvas',
                'verbose_name_plural': 'invitations to canvases',
                'ordering': ['canvas', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='IssueObjective',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('issue', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answered_by', to='planning.strategicissue')),
                ('objective', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers_issues', to='strategy.objective')),
            ],
            options={
                'verbose_name': 'objective that answers an issue',
                'verbose_name_plural': 'objectives that answer issues',
            },
        ),
        migrations.CreateModel(
            name='NoteTrace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('note', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='traces', to='planning.analysisnote')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='note_traces', to='organization.subject', verbose_name='what it led to')),
            ],
            options={
                'verbose_name': 'trace of a note',
                'verbose_name_plural': 'traces of notes',
            },
        ),
        migrations.CreateModel(
            name='NoteVote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('note', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='votes', to='planning.analysisnote')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'vote for a note',
                'verbose_name_plural': 'votes for notes',
            },
        ),
        migrations.AddConstraint(
            model_name='canvas',
            constraint=models.UniqueConstraint(fields=('cycle', 'title'), name='canvas_title_once_per_cycle'),
        ),
        migrations.AddConstraint(
            model_name='analysisnote',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'parked'), models.Q(('parked_because', ''), _negated=True)), models.Q(models.Q(('state', 'parked'), _negated=True), ('parked_because', '')), _connector='OR'), name='parked_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='canvasinvitation',
            constraint=models.UniqueConstraint(fields=('canvas', 'person'), name='invited_once'),
        ),
        migrations.AddConstraint(
            model_name='canvasinvitation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at', None)), models.Q(models.Q(('answer', ''), _negated=True), ('answered_at__isnull', False)), _connector='OR'), name='invitation_answered_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='issueobjective',
            constraint=models.UniqueConstraint(fields=('issue', 'objective'), name='answered_once'),
        ),
        migrations.AddConstraint(
            model_name='notetrace',
            constraint=models.UniqueConstraint(fields=('note', 'subject'), name='traced_once'),
        ),
        migrations.AddConstraint(
            model_name='notevote',
            constraint=models.UniqueConstraint(fields=('note', 'person'), name='one_vote_for_a_note'),
        ),
        Track('planning_analysisnote'),
        Track('planning_canvas'),
        Track('planning_canvasinvitation'),
        Track('planning_issueobjective'),
        Track('planning_notetrace'),
        Track('planning_notevote'),
        Marked(
            'planning_analysisnote',
            'planning_canvas',
            'planning_canvasinvitation',
            'planning_issueobjective',
            'planning_notetrace',
            'planning_notevote',
        ),
    ]
