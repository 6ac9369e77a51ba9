-- The two roles of the portal, in the database this is run in, by a superuser. May be run again at any time.
-- smo_owner owns the database and runs the migrations; smo_app serves people: it reads and writes rows and can change
-- no table, no trigger and no right. Used by the embedded server and by docker/postgres-roles.sh.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'smo_owner') THEN
        CREATE ROLE smo_owner LOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'smo_app') THEN
        CREATE ROLE smo_app LOGIN;
    END IF;
    IF (SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()) <> 'smo_owner' THEN
        EXECUTE format('ALTER DATABASE %I OWNER TO smo_owner', current_database());
    END IF;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO smo_app', current_database());
END
$$;

-- CREATEDB: tests make their databases from a template. Membership: migrations and tests can act as smo_app.
ALTER ROLE smo_owner NOSUPERUSER NOCREATEROLE CREATEDB NOBYPASSRLS;
ALTER ROLE smo_app NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS;
GRANT smo_app TO smo_owner;
ALTER ROLE smo_app SET statement_timeout = '30s';
ALTER ROLE smo_app SET idle_in_transaction_session_timeout = '60s';

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO smo_owner;
GRANT USAGE ON SCHEMA public TO smo_app;
ALTER DEFAULT PRIVILEGES FOR ROLE smo_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO smo_app;
ALTER DEFAULT PRIVILEGES FOR ROLE smo_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO smo_app;
