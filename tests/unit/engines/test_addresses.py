"""Addresses of databases are told from paths, and never shown with their passwords."""

from __future__ import annotations

from pathlib import Path

import pytest

from nhsind.cli import main
from nhsind.engines.addresses import is_address, is_whole, without_passwords
from nhsind.engines.place import no_answer
from nhsind.errors import EXIT_INPUT, EXIT_USAGE


def test_addresses_are_told_from_paths() -> None:
    assert is_address("postgres://me@host/records") and is_address("duckdb:///file.duckdb")
    assert not any(map(is_address, ("records", "C:\\records", "file.duckdb::main.t", Path("a"))))


@pytest.mark.parametrize(
    "text",
    [
        "postgres://me:hunter2@host/records",
        "could not reach postgres://me:hunter2@host:5432/records?sslmode=require",
        "postgres://me@host/records?user=me&password=hunter2&sslmode=require",
        "host=h user=me password='hunter2' dbname=records",
        "Login failed: PWD=hunter2;Database=records",
        "postgres://me:hunter2@hunter2/hunter2@host/records",
        "postgres://me:hunter2 hunter2@host/records",
        "duckdb:///records?motherduck_token=hunter2",
        "databricks://host/records?access_token=hunter2&http_path=x",
        """no such option: {'password': 'hunter2', "client_secret": "hunter2", 'db': 'records'}""",
        'password="hunter2 hunter2" dbname=records',
    ],
)
def test_passwords_are_masked(text: str) -> None:
    shown = without_passwords(text)
    assert "hunter2" not in shown and "***" in shown and "records" in shown
    assert "hunter2" not in str(no_answer("a database", ConnectionError(text)))


def test_what_a_door_says_of_a_database(capsys: pytest.CaptureFixture[str]) -> None:
    """Whether Ibis is missing or the host is: one sentence, no password, no traceback."""
    address = "postgres://me:hunter2@127.0.0.1:1/records"
    with pytest.raises(SystemExit) as end:
        main(["check", "--family", "rtt", "--data", address])
    said = capsys.readouterr().err
    assert end.value.code in (EXIT_USAGE, EXIT_INPUT)
    assert "hunter2" not in said and "Traceback" not in said
    assert "nhsind[ibis]" in said or "***" in said


@pytest.mark.parametrize(
    "password", ["hun/ter2", "123/hunter2", "hun?ter2", "hun#ter2", "[hunter2", "hun/ter2@ter2"]
)
def test_an_address_that_a_password_breaks_is_refused_without_it(
    password: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The port of `postgres://me:hun/ter2@host` would be `hun`, and an error would say so."""
    with pytest.raises(SystemExit) as end:
        main(["check", "--family", "rtt", "--data", f"postgres://me:{password}@host/records"])
    said = capsys.readouterr().err
    assert end.value.code == EXIT_INPUT
    assert not any(part in said for part in ("hun", "ter2", "123"))
    assert "***" in said and "%2F" in said


@pytest.mark.parametrize(
    "address",
    [
        "postgres://me:hun%2Fter2%40x@host:5432/records?sslmode=require",
        "postgres:///records",
        "duckdb:///tmp/records.duckdb",
        "postgres://me@[::1]:5432/records",
    ],
)
def test_whole_addresses_are_whole(address: str) -> None:
    assert is_whole(address)
