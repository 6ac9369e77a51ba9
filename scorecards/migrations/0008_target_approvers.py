import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FIRST_BASELINES = """
INSERT INTO scorecards_baseline (measure_id, revision, "on", value, reason, recorded_at)
SELECT m.id, 1, m.baseline_on, m.baseline, '', now() FROM scorecards_measure m
WHERE m.baseline IS NOT NULL AND NOT EXISTS (SELECT 1 FROM scorecards_baseline b WHERE b.measure_id = m.id)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("scorecards", "0007_longer_series_names"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            model_name="target",
            name="approved_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunSQL(FIRST_BASELINES, migrations.RunSQL.noop),
    ]
