"""The production shape: valid by the Compose specification, and the same commands as `make run`.

No container engine runs here; the commands themselves run in test_supervisor.py.
"""

from __future__ import annotations

import importlib.resources
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema.validators import validator_for

from config.embedded.processes import MIGRATE, PROCESSES, Process
from config.embedded.roles import APP, OPERATOR, OWNER

ROOT = Path(__file__).resolve().parents[2]
ROLE_NAMES = {"app": APP, "operator": OPERATOR}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def complaints(document: dict[str, Any]) -> list[str]:
    """Hold a document against the Compose schema that the check-jsonschema package brings."""
    folder = importlib.resources.files("check_jsonschema") / "builtin_schemas" / "vendor"
    schema = json.loads((folder / "compose-spec.json").read_text())
    return [error.message for error in validator_for(schema)(schema).iter_errors(document)]


def test_compose_file_follows_the_compose_specification(compose: dict[str, Any]) -> None:
    assert complaints(compose) == []


def test_the_schema_would_refuse_a_wrong_file(compose: dict[str, Any]) -> None:
    wrong = {**compose, "services": {"web": {"comand": ["x"]}}}
    assert complaints(wrong)


def test_services_are_the_processes_of_make_run_and_their_servers(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {process.name for process in PROCESSES} | {
        "postgres",
        "redis",
        "migrate",
    }


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
def test_each_service_runs_the_command_of_make_run(
    compose: dict[str, Any], process: Process
) -> None:
    service = compose["services"][process.name]
    assert service["command"] == process.words(bind="0.0.0.0:8000", data="/data")
    assert service["environment"].get("DOORS", "") == process.doors


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
def test_each_service_holds_its_own_role_only(compose: dict[str, Any], process: Process) -> None:
    environment = json.dumps(compose["services"][process.name]["environment"])
    roles = {role for role in (OWNER, APP, OPERATOR) if f"//{role}:" in environment}
    assert roles == ({ROLE_NAMES[process.role]} if process.role else set())


def test_only_the_migration_holds_the_owner_and_the_others_wait_for_it(
    compose: dict[str, Any],
) -> None:
    migrate = compose["services"]["migrate"]
    assert tuple(migrate["command"]) == MIGRATE
    assert f"//{OWNER}:" in migrate["environment"]["DATABASE_URL"]
    for process in PROCESSES:
        waits = compose["services"][process.name]["depends_on"]["migrate"]
        assert waits == {"condition": "service_completed_successfully"}


def test_the_roles_script_makes_the_roles_of_the_embedded_server() -> None:
    script = (ROOT / "config" / "embedded" / "compose-roles.sh").read_text()
    for role in (APP, OPERATOR):
        assert f"CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS" in script
    assert f"CREATE ROLE {OWNER} LOGIN CREATEDB NOSUPERUSER BYPASSRLS" in script
    assert f"GRANT {APP}, {OPERATOR} TO {OWNER} WITH INHERIT FALSE, SET TRUE" in script


def test_every_variable_of_the_compose_file_is_in_the_example() -> None:
    used = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    offered = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert used == offered


def test_the_image_installs_from_the_lock_with_hashes_and_runs_as_nobody_special() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert "--require-hashes -r requirements.txt" in dockerfile
    assert re.search(r"^USER waybridge$", dockerfile, re.MULTILINE)


def test_only_the_doors_are_published_and_only_on_loopback(compose: dict[str, Any]) -> None:
    published = {
        name: service["ports"]
        for name, service in compose["services"].items()
        if "ports" in service
    }
    assert published == {"web": ["127.0.0.1:8000:8000"], "admin": ["127.0.0.1:8001:8000"]}
