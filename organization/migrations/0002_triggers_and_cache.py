from django.db import migrations

from audit.operations import Track

TRIGRAMS = """
CREATE FUNCTION organization_trigrams(words text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $fn$
  SELECT coalesce(array_agg(DISTINCT substr(padded, i, 3)), '{}')
  FROM (SELECT '  ' || lower(word) || ' ' AS padded FROM regexp_split_to_table(words, '[^[:alnum:]]+') AS word WHERE word <> '') AS w,
       generate_series(1, length(padded) - 2) AS i
$fn$
"""
# Django's database cache: one table that every process shares (docs/adr/0008).
CACHE = """
CREATE TABLE organization_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX organization_cache_expires ON organization_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("organization", "0001_initial"), ("audit", "0002_triggers")]
    operations = [
        migrations.RunSQL(TRIGRAMS, "DROP FUNCTION organization_trigrams(text)"),
        migrations.RunSQL(CACHE, "DROP TABLE organization_cache"),
        Track("organization_organization"),
        Track("organization_orgunit"),
        Track("organization_placement"),
        Track("organization_person", without=("password", "last_login")),
        Track("organization_position"),
        Track("organization_managerline"),
        Track("organization_membership"),
        Track("organization_delegation"),
        Track("organization_apitoken", without=("digest", "last_used_at")),
        Track("organization_apitoken_units"),
        Track("organization_accesslink", without=("digest", "uses_left")),
        Track("organization_fiscalcalendar"),
        Track("organization_rate"),
        Track("organization_term"),
        Track("organization_customfield"),
        Track("organization_savedview"),
    ]
