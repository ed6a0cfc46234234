"""The sample where others keep it: on a PostgreSQL server, and as Parquet that Spark reads.

These tests need what nhsind itself does not: `make test-engines` gives it to them.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from servers import Postgres, postgres
from warehouse import to_parquet, to_postgres

# In an installation without the extras there is nothing to be tested.
if find_spec("pyspark") is None or find_spec("ibis") is None:
    collect_ignore_glob = ["test_*.py"]

# Workers in processes of their own: two, with a core and so many megabytes each.
TWO_WORKERS = "local-cluster[2,1,1024]"
# Of few records most of the time is compiling, so as little as may be.
QUICKLY = (
    "--driver-memory 1g --driver-java-options -XX:TieredStopAtLevel=1 "
    "--conf spark.ui.enabled=false --conf spark.ui.showConsoleProgress=false "
    "--conf spark.sql.shuffle.partitions=2 --conf spark.default.parallelism=2 "
    "--conf spark.sql.codegen.wholeStage=false"
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.engines)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small sample of every family, as CSV."""
    from nhsind.api.sampling import sample as write

    folder = tmp_path_factory.mktemp("sample")
    write(folder, ccgs=4, months=15, scale=0.3)
    return folder


@pytest.fixture(scope="session")
def parquet(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return to_parquet(sample, tmp_path_factory.mktemp("parquet") / "records")


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    # Not under pytest's own folder, which no other account may enter.
    with tempfile.TemporaryDirectory(prefix="nhsind-postgres-") as name:
        Path(name).chmod(0o755)
        with postgres(Path(name)) as started:
            yield started


@pytest.fixture(scope="session")
def warehouse(server: Postgres, sample: Path) -> str:
    """The address of the sample on the server, for one who may only read, not even temporarily."""
    import psycopg

    with psycopg.connect(server.address(), autocommit=True) as con:
        con.execute("CREATE DATABASE records")
        con.execute("REVOKE TEMPORARY ON DATABASE records FROM PUBLIC")
        con.execute("CREATE ROLE reader LOGIN")
        con.execute("ALTER ROLE reader SET default_transaction_read_only = on")
        con.execute("GRANT pg_read_all_data TO reader")
    to_postgres(sample, server.address("records"))
    return server.address("records", "reader")


@pytest.fixture(scope="session")
def spark() -> Iterator[None]:
    """A session with as many workers as asked for: two processes, or one where time is short."""
    master = os.environ.get("NHSIND_TEST_MASTER", TWO_WORKERS)
    os.environ["PYSPARK_SUBMIT_ARGS"] = f"--master {master} {QUICKLY} pyspark-shell"
    from nhsind.engines.spark import session

    started = session()
    yield
    started.stop()
