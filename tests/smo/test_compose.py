"""docker-compose.yml and the Dockerfile, checked without Docker."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE = ROOT / "docker-compose.yml"
SECRETS = {
    "SMO_SECRET_KEY",
    "SMO_SITE_URL",
    "SMO_ALLOWED_HOSTS",
    "SMO_APP_PASSWORD",
    "SMO_OWNER_PASSWORD",
    "POSTGRES_PASSWORD",
}


def described() -> dict[str, Any]:
    return YAML(typ="safe").load(COMPOSE)


def test_the_file_keeps_the_compose_specification() -> None:
    checked = subprocess.run(
        [Path(sys.executable).with_name("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", COMPOSE],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


def test_every_dependency_and_volume_is_there() -> None:
    file = described()
    for name, service in file["services"].items():
        assert set(service.get("depends_on", {})) <= set(file["services"]), name
        volumes = {mount.split(":")[0] for mount in service.get("volumes", []) if not mount.startswith((".", "/"))}
        assert volumes <= set(file["volumes"]), name
        for mount in service.get("volumes", []):
            if mount.startswith("./"):
                assert (ROOT / mount.split(":")[0]).is_file(), mount


def test_a_dependency_on_health_names_a_service_that_reports_it() -> None:
    services = described()["services"]
    for service in services.values():
        for needed, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                assert "healthcheck" in services[needed], needed


def test_all_parts_of_the_portal_are_there_and_report_their_health() -> None:
    services = described()["services"]
    assert set(services) == {"migrate", "web", "worker-fast", "worker-heavy", "beat", "postgres", "redis"}
    assert [name for name, service in services.items() if "healthcheck" not in service] == ["migrate"]


def test_what_serves_people_has_no_rights_and_a_read_only_disk() -> None:
    services = described()["services"]
    for name in ("migrate", "web", "worker-fast", "worker-heavy", "beat", "redis"):
        assert services[name]["read_only"] is True, name
        assert services[name]["cap_drop"] == ["ALL"], name
    assert re.search(r"^USER (?!root)\w+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert services["web"]["ports"][0].startswith("127.0.0.1:")


def test_only_migrate_is_the_owner_of_the_tables() -> None:
    services = described()["services"]
    addresses = {name: service.get("environment", {}).get("DATABASE_URL", "") for name, service in services.items()}
    roles = {name: address.split(":")[1].removeprefix("//") for name, address in addresses.items() if address}
    assert roles == {
        "migrate": "smo_owner",
        "web": "smo_app",
        "worker-fast": "smo_app",
        "worker-heavy": "smo_app",
        "beat": "smo_app",
    }


def test_no_secret_has_a_default() -> None:
    text = COMPOSE.read_text()
    assert set(re.findall(r"\$\{(\w+):\?", text)) == SECRETS
    assert not [name for name in re.findall(r"\$\{(\w+)(?::-|\})", text) if name in SECRETS]


def test_every_variable_is_one_the_portal_reads() -> None:
    read = set(re.findall(r'"((?:SMO|SMTP|DATABASE|REDIS)_\w+)"', (ROOT / "smo" / "settings.py").read_text()))
    given = set(described()["services"]["web"]["environment"])
    assert given - read == set()


def test_the_image_is_built_from_the_pinned_list() -> None:
    assert "--require-hashes --only-binary :all:" in (ROOT / "Dockerfile").read_text()


@pytest.mark.skipif(shutil.which("docker-compose") is None, reason="docker-compose is not installed")
def test_docker_compose_itself_accepts_the_file() -> None:
    environment = {**os.environ, **dict.fromkeys(SECRETS, "x")}
    checked = subprocess.run(
        ["docker-compose", "-f", COMPOSE, "config", "-q"], env=environment, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
