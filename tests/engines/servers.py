"""A PostgreSQL server on the loopback interface, for as long as tests need one."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# Where Debian and others keep the programs of a server, which are not on everybody's PATH.
PLACES = ("/usr/lib/postgresql", "/usr/pgsql")
ACCOUNT = "postgres"


@dataclass(frozen=True)
class Postgres:
    """A server: its address as the owner of everything, and as one who may only read."""

    programs: Path
    folder: Path
    port: int

    def address(self, database: str = "postgres", user: str = ACCOUNT) -> str:
        return f"postgres://{user}@127.0.0.1:{self.port}/{database}"

    def run(self, program: str, *arguments: str) -> None:
        """Run a program of the server's, by the account that a server asks for."""
        is_root = os.geteuid() == 0
        user = pwd.getpwnam(ACCOUNT) if is_root else None
        subprocess.run(
            [str(self.programs / program), *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
        )

    def start(self) -> None:
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        log = str(self.folder / "log")
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-o", options, "-l", log, "-w", "start")

    def stop(self) -> None:
        """End it as a power cut does."""
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")


def programs() -> Path | None:
    """The folder of `initdb` and `pg_ctl`; None where there is no server to start."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = [path for place in PLACES for path in Path(place).glob("*/bin/initdb")]
    return max(versions).parent if versions else None


@contextmanager
def postgres(folder: Path) -> Iterator[Postgres]:
    """A server with its files in a folder, and its account `reader`, who may not write at all."""
    found = programs()
    if found is None:
        raise RuntimeError("no PostgreSQL server is installed: apt-get install postgresql")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Postgres(found, folder, port)
    if os.geteuid() == 0:
        shutil.chown(folder, ACCOUNT)
    server.run("initdb", "-D", str(folder / "data"), "-A", "trust", "-U", ACCOUNT, "-E", "UTF8")
    server.start()
    try:
        yield server
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            server.stop()
