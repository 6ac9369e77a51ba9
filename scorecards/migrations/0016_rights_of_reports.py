from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('scorecards', '0015_excuses'),
    ]

    operations = [
        migrations.AddField(
            model_name='report',
            name='rights',
            field=models.JSONField(null=True),
        ),
    ]
