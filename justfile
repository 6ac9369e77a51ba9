# Every check that CI runs, one recipe each. `just check` runs them all.
set shell := ["sh", "-eu", "-c"]
py := ".venv/bin/python"
bin := ".venv/bin"

check: lint imports types templates deps migrations schema

lint:
    {{bin}}/ruff check .
    {{bin}}/ruff format --check --quiet .

imports:
    {{bin}}/lint-imports --no-cache

types:
    {{bin}}/mypy

templates:
    {{bin}}/djlint templates --lint --quiet

deps:
    {{bin}}/deptry . --no-ansi

migrations:
    {{py}} manage.py makemigrations --check --dry-run

# The schema of the API must be the one that is committed; `just schema-write` writes it anew.
schema:
    mkdir -p var
    {{py}} manage.py spectacular --validate --fail-on-warn --file var/openapi.yaml
    diff -u docs/openapi.yaml var/openapi.yaml

schema-write:
    {{py}} manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml
