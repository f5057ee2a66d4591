"""compose.yaml says what we mean; the engine's own check is asked where it is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

DOCKER = Path(__file__).parents[2] / "docker"
COMPOSE: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "sealer", "beat", "watch")


def test_every_part_is_there() -> None:
    assert set(SERVICES) == {*OURS, "postgres", "redis", "nginx"}
    assert SERVICES["postgres"]["image"] == "postgres:18"


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_what_stays_up_has_a_health_check(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", OURS)
def test_secrets_are_files_and_never_in_the_environment(name: str) -> None:
    environment = SERVICES[name]["environment"]
    for variable, value in environment.items():
        if variable == "LOG_KEY_FILE":
            assert value.startswith("/var/lib/pharmatrace-log/")  # made by the first start
        elif any(word in variable for word in ("KEY", "PASSWORD", "DATABASE")):
            assert variable.endswith("_FILE"), variable
            assert value.removeprefix("/run/secrets/") in SERVICES[name]["secrets"]


def test_only_migrate_is_the_owner_of_the_tables() -> None:
    assert [name for name in OURS if "database_owner_url" in SERVICES[name]["secrets"]] == [
        "migrate"
    ]


def test_only_who_seals_has_the_logs_key() -> None:
    for name in OURS:
        mounted = [volume.split(":")[0] for volume in SERVICES[name]["volumes"]]
        allowed = name in ("migrate", "sealer")
        assert ("logkey" in mounted) is ("LOG_KEY_FILE" in SERVICES[name]["environment"]) is allowed


def test_every_queue_has_a_worker() -> None:
    listening = []
    for service in SERVICES.values():
        command = service.get("command", [])
        if "--queues" in command:
            listening += command[command.index("--queues") + 1].split(",")
    assert sorted(listening) == ["pharmatrace", "sealing"]


def test_the_visitors_address_is_what_the_outermost_proxy_saw() -> None:
    """The proxy that ends TLS, and nginx: both add the address they saw to X-Forwarded-For."""
    assert SERVICES["web"]["environment"]["TRUSTED_PROXIES"] == "${TRUSTED_PROXIES:-2}"
    assert "$proxy_add_x_forwarded_for" in (DOCKER / "nginx" / "default.conf").read_text()


def test_every_secret_and_volume_is_declared_and_made() -> None:
    made = (DOCKER / "make-secrets").read_text()
    for service in SERVICES.values():
        for name in service.get("secrets", []):
            assert name in COMPOSE["secrets"]
            assert f"keep {name}" in made
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in COMPOSE["volumes"] or (DOCKER / source).exists(), source


def test_the_image_is_built_in_stages_and_runs_as_nobody_special() -> None:
    lines = (DOCKER / "Dockerfile").read_text().splitlines()
    assert sum(line.startswith("FROM ") for line in lines) == 2
    user = next(line for line in lines if line.startswith("USER "))
    assert user.split()[1].split(":")[0] not in ("0", "root")
    assert lines.index(user) < next(i for i, line in enumerate(lines) if line.startswith("CMD"))


def test_what_the_image_copies_is_in_the_repository() -> None:
    for line in (DOCKER / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            assert (DOCKER.parent / line.split()[1]).exists(), line


def test_the_secrets_are_made_once_and_hidden_in_a_closed_folder(tmp_path: Path) -> None:
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    script = shutil.copy(DOCKER / "make-secrets", tmp_path)
    subprocess.run([script], check=True, capture_output=True)
    folder = tmp_path / "secrets"
    first = {file.name: file.read_text() for file in folder.iterdir()}
    assert set(first) == set(COMPOSE["secrets"])
    assert folder.stat().st_mode & 0o777 == 0o700
    assert first["database_password"] in first["database_url"]
    subprocess.run([script], check=True, capture_output=True)
    assert {file.name: file.read_text() for file in folder.iterdir()} == first


def test_docker_compose_reads_it() -> None:
    docker = shutil.which("docker")
    if not docker or subprocess.run([docker, "compose", "version"], capture_output=True).returncode:
        pytest.skip("the docker compose plugin is not installed")
    environ = {
        **os.environ,
        "SITE_URL": "https://trace.example.org",
        "LOG_ORIGIN": "trace.example.org/log",
    }
    command = [docker, "compose", "-f", str(DOCKER / "compose.yaml"), "config", "--quiet"]
    subprocess.run(command, check=True, env=environ)
