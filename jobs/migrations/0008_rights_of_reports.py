from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('jobs', '0007_feeds'),
    ]

    operations = [
        migrations.AddField(
            model_name='producedfile',
            name='rights',
            field=models.JSONField(default=dict, null=True),
        ),
        # what earlier files were read with is not known: whoever has exactly those rights still opens them
        migrations.RunSQL("UPDATE jobs_producedfile SET rights = NULL WHERE reader_key <> ''", migrations.RunSQL.noop),
    ]
