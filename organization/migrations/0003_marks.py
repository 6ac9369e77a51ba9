from django.db import migrations

from audit.operations import Marked


class Migration(migrations.Migration):
    dependencies = [("organization", "0002_triggers_and_cache"), ("audit", "0003_marks")]
    operations = [
        Marked(
            "organization_subject",
            "organization_orgunit",
            "organization_placement",
            "organization_person",
            "organization_position",
            "organization_managerline",
            "organization_chainrow",
            "organization_membership",
            "organization_delegation",
            "organization_organization",
            "organization_fiscalcalendar",
            "organization_rate",
            "organization_term",
            "organization_customfield",
            "organization_savedview",
        )
    ]
