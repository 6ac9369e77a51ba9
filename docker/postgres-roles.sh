#!/bin/sh
# Run once by the postgres image, when its volume is new: the portal's two roles with their passwords.
set -eu
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" -f /roles.sql
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  -v owner="$SMO_OWNER_PASSWORD" -v app="$SMO_APP_PASSWORD" <<'SQL'
ALTER ROLE smo_owner PASSWORD :'owner';
ALTER ROLE smo_app PASSWORD :'app';
SQL
