from django.db import migrations

from audit.operations import Marked


class Migration(migrations.Migration):
    dependencies = [("strategy", "0005_longer_names"), ("audit", "0003_marks")]
    operations = [
        Marked(
            "strategy_update",
            "strategy_comment",
            "strategy_attachment",
            "strategy_actionitem",
            "strategy_strategy",
            "strategy_strategyversion",
            "strategy_perspective",
            "strategy_theme",
            "strategy_objective_themes",
            "strategy_objective",
            "strategy_objectivelink",
        )
    ]
