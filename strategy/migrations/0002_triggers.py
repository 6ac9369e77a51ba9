from django.db import migrations

from audit.operations import Track


class Migration(migrations.Migration):
    dependencies = [("strategy", "0001_initial"), ("audit", "0002_triggers")]
    operations = [
        Track("strategy_strategy"),
        Track("strategy_strategyversion"),
        Track("strategy_perspective"),
        Track("strategy_theme"),
        Track("strategy_objective"),
        Track("strategy_objective_themes"),
        Track("strategy_objectivelink"),
        Track("strategy_update"),
        Track("strategy_comment"),
        Track("strategy_attachment"),
        Track("strategy_actionitem"),
    ]
