"""The commands in bin: plain shell, and a sentence for what is missing. Whole runs are in test_serve.py and in CI."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
COMMANDS = ("bin/demo", "bin/test", "bin/pango-noroot", "bin/lock", ".ci/run", "docker/postgres-roles.sh")
TOOLS = ("sh", "dirname", "rm", "grep", "cat", "id")


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A checkout without .venv, and a PATH folder beside it with the plainest tools and no Python."""
    shutil.copytree(ROOT / "bin", tmp_path / "checkout" / "bin")
    (tmp_path / "path").mkdir()
    for tool in TOOLS:
        (tmp_path / "path" / tool).symlink_to(str(shutil.which(tool)))
    return tmp_path


def run(bare: Path, command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [bare / "checkout" / command],
        env={"PATH": str(bare / "path"), "HOME": "", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def pretend(bare: Path, name: str, script: str) -> None:
    path = bare / "path" / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.mark.parametrize("name", [*COMMANDS, "bin/_setup.sh"])
def test_commands_are_plain_shell(name: str) -> None:
    assert (
        subprocess.run([shutil.which("dash") or "sh", "-n", ROOT / name], capture_output=True, check=False).stderr
        == b""
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_commands_can_be_run(name: str) -> None:
    assert os.access(ROOT / name, os.X_OK)


@pytest.mark.parametrize("command", ["bin/demo", "bin/test"])
def test_without_python_a_sentence_says_so(bare: Path, command: str) -> None:
    said = run(bare, command)
    assert said.returncode == 3
    assert "Python 3.11 or newer is needed and none was found on PATH" in said.stderr


def test_an_old_python_is_no_python(bare: Path) -> None:
    pretend(bare, "python3", "exit 1")
    said = run(bare, "bin/demo")
    assert said.returncode == 3
    assert "Python 3.11 or newer is needed" in said.stderr


def test_a_python_without_venv_is_told_how_to_get_it(bare: Path) -> None:
    pretend(bare, "python3", 'case "$2" in *ensurepip*) exit 1 ;; esac')
    said = run(bare, "bin/demo")
    assert said.returncode == 3
    assert "sudo apt install python3-venv" in said.stderr
    assert not (bare / "checkout" / ".venv").exists()


def test_a_failed_installation_is_told_and_tried_again(bare: Path) -> None:
    shutil.copytree(ROOT / "requirements", bare / "checkout" / "requirements")
    fake = 'case "$*" in *"-m venv"*) mkdir -p .venv/bin; cp "$0" .venv/bin/python ;; *"-m pip"*) echo no index >&2; exit 1 ;; esac'
    pretend(bare, "python3", fake)
    for tool in ("mkdir", "cp"):
        (bare / "path" / tool).symlink_to(str(shutil.which(tool)))
    said = run(bare, "bin/demo")
    assert said.returncode == 3
    assert "no index" in said.stderr
    assert "could not be installed" in said.stderr
    assert not (bare / "checkout" / ".venv" / "stamps").exists()
