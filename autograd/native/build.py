"""Build the C interpreter once per machine: find a compiler, and keep its output in the user's cache folder.

A library is kept under the digest of everything that it depends on (source, compiler and its version, flags, the
processor's features), and the digest of its own bytes. So damage is noticed before loading, and the library is built
again. It gets its name only when it is complete, so processes that build at the same time do no harm.

Anybody can compute that name, so it does not prove who wrote the file. So we never use a folder that belongs to
somebody else, or that others may write to. Windows keeps permissions in access lists, which Python cannot read: there
we rely on the privacy of the user's %LOCALAPPDATA%.
"""

from __future__ import annotations

import os
import platform
import re
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

from ..errors import ToolError
from ..explain.naming import one_line
from ..explain.source import users_line

ctypes: Any = None
try:
    import ctypes
except ImportError as error:  # Python 3.12 and later, in a second interpreter of a process
    _NO_CTYPES = str(error)

__all__ = ["build", "cache_folder", "compiler", "ctypes", "load", "tried_once"]

# Sets of flags to try in order: not every compiler has a flag for the machine's own processor. None allows fast-math:
# nan stays nan, and products and sums are rounded separately, as in Python.
_SAFE = ("-O3", "-shared", "-fPIC", "-ffp-contract=off")
_FLAGS = (
    (*_SAFE, "-fno-fast-math", "-fno-math-errno", "-fopenmp-simd", "-march=native"),
    (*_SAFE, "-fno-fast-math", "-fno-math-errno", "-mcpu=native"),
    _SAFE,
)
_T = TypeVar("_T")
_SECONDS = 60  # how long the compiler may take altogether
_PATIENCE = 15  # how many seconds to wait before saying so
_OTHERS_WRITE = 0o022
_SUFFIX = {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")


# The beginning of every library. tidy() undoes changes that loading a library may make to the arithmetic of the
# process.
_PROLOGUE = """\
#include <fenv.h>
#include <math.h>

#define BY_VECTORS _Pragma("omp simd")
#if defined(_WIN32)
#define PUBLIC __declspec(dllexport)
#else
#define PUBLIC
#endif

PUBLIC int tidy(void) { return fesetenv(FE_DFL_ENV); }

#line 1
"""


def compiler() -> list[str]:
    """Return the command of a C compiler: the one in CC, or the first of cc, gcc and clang on the PATH.

    Raises ToolError if there is none.
    """
    asked = os.environ.get("CC", "").strip()
    try:
        command = [word.strip('"') if os.name == "nt" else word for word in shlex.split(asked, posix=os.name != "nt")]
    except ValueError as error:
        raise ToolError(f"CC says {asked!r}, which cannot be read: {error}") from None
    for name in command[:1] or ("cc", "gcc", "clang"):
        if found := shutil.which(name):
            return [os.path.abspath(found), *command[1:]]
    if asked:
        raise ToolError(f"CC says {asked!r}, but there is no {command[0]!r} on the PATH")
    raise ToolError("no C compiler was found: install gcc or clang, or set CC to the path of one")


def cache_folder() -> Path:
    """Return our folder for libraries in the user's cache folder.

    Raises ToolError if it cannot be made, if it, or a link in its place, belongs to somebody else, or if others may
    write to it.
    """
    folder = Path(_users_cache()) / "scalar-autograd"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status, link = folder.stat(), folder.lstat()
    except OSError as error:
        raise ToolError(f"the cache folder {folder} cannot be used: {error.strerror}") from None
    if sys.platform != "win32":
        if {link.st_uid, status.st_uid} != {os.geteuid()}:
            raise ToolError(f"the cache folder {folder} belongs to another user")
        if status.st_mode & _OTHERS_WRITE:
            raise ToolError(
                f"others can write to the cache folder {folder}: delete it, or set XDG_CACHE_HOME to a private one"
            )
    return folder


def _users_cache() -> str:
    at_home = partial(os.path.join, os.path.expanduser("~"))
    base = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME") or at_home(
        *{"win32": ("AppData", "Local"), "darwin": ("Library", "Caches")}.get(sys.platform, (".cache",))
    )
    return base if os.path.isabs(base) else at_home(".cache")  # the XDG specification says to ignore relative paths


def build(source: str) -> Path:
    """Return the shared library of a C file that begins with _PROLOGUE, from the cache, or newly built.

    Raises ToolError if there is no compiler, if it fails, or if there is nowhere to keep its output.
    """
    if ctypes is None:
        raise ToolError(f"Python cannot load ctypes here, which the C backend needs: {_NO_CTYPES}")
    if sys.maxsize < 1 << 32:
        raise ToolError("the C backend needs a 64-bit Python")
    source = _PROLOGUE + source
    command = compiler()
    deadline = monotonic() + _SECONDS
    about = _about(command, deadline)
    folder = cache_folder()
    failed = ""
    for flags in _FLAGS:
        key = _digest("\0".join([source, about, *command, *flags]).encode())
        for kept in folder.glob(f"{key}-*{_SUFFIX}"):
            if _is_whole(kept):
                return kept
            with suppress(OSError):  # another process may have deleted it
                kept.unlink()
        made, failed = _compile(source, [*command, *flags], folder, key, deadline)
        if made:
            return made
    raise ToolError(f"{shlex.join(command)} could not build the C backend: {failed}")


def load(path: Path, *names: str) -> Any:
    """Load the library, which has functions with these names, and holds Python's lock while they run.

    Raises ToolError if it cannot be loaded, has other functions, or makes the processor treat the smallest numbers as
    0.
    """
    before = _keeps_smallest()
    try:
        library = ctypes.PyDLL(str(path))
        functions = [getattr(library, name) for name in ("tidy", *names)]
    except (OSError, AttributeError) as error:
        raise ToolError(f"the C backend was built but cannot be loaded: {error}") from None
    if before and not _keeps_smallest():
        functions[0]()
        raise ToolError(
            "the C compiler made a library that sets numbers below 2.2e-308 to 0: remove flags like -ffast-math from CC"
        )
    return library


_made: dict[Any, tuple[Any, Callable[[], Any]]] = {}


def tried_once(key: Any, make: Callable[[], _T]) -> _T:
    """Return what `make` returned when first called for this key, or raise the ToolError that it raised then."""
    if key not in _made:
        try:
            _made[key] = make(), make
        except ToolError as error:
            _made[key] = error, make
    if isinstance(found := _made[key][0], ToolError):
        raise found
    return found


def _keeps_smallest() -> bool:
    smallest, one = map(float, ("5e-324", "1"))  # from text, so that Python cannot compute it in advance
    return smallest * one != 0


def _run(command: Sequence[str], deadline: float, folder: str | None = None) -> tuple[int, bytes, bytes]:
    """Run a compiler, and return its status and output. Raises ToolError if it does not finish by the deadline."""
    # files, not pipes: a child of the compiler could hold a pipe open
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True
        )
        try:
            if not _ends(process, min(deadline, monotonic() + _PATIENCE)) and (left := deadline - monotonic()) > 0:
                text = f"waiting for the C compiler, at most {left:.0f} s more"
                warnings.warn_explicit(text, UserWarning, *users_line())
            if not _ends(process, deadline):
                raise ToolError(f"{command[0]} did not finish within {_SECONDS} s")
        except BaseException:  # even after an interrupt: kill the compiler and its children
            with suppress(OSError):
                process.kill() if sys.platform == "win32" else os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        out.seek(0)
        err.seek(0)
        return process.returncode, out.read(), err.read()


def _ends(process: subprocess.Popen[bytes], by: float) -> bool:
    with suppress(subprocess.TimeoutExpired):
        process.wait(max(0, by - monotonic()))
    return process.returncode is not None


def _compile(source: str, command: Sequence[str], folder: Path, key: str, deadline: float) -> tuple[Path | None, str]:
    try:
        with tempfile.TemporaryDirectory(prefix="building-", dir=folder) as name:
            (Path(name) / "library.c").write_text(source, encoding="utf-8")
            made = Path(name) / f"library{_SUFFIX}"
            libraries = [] if sys.platform == "win32" else ["-lm"]
            status, _, errors = _run([*command, "-o", made.name, "library.c", *libraries], deadline, name)
            if status or not made.exists():
                return None, _complaint(errors) or f"it ended with status {status} and made nothing"
            made.chmod(0o700)  # the umask may let the group write
            kept = folder / f"{key}-{_digest(made.read_bytes())}{_SUFFIX}"
            os.replace(made, kept)
            return kept, ""
    except OSError as error:
        raise ToolError(f"the C backend could not be built in {folder}: {error.strerror}") from None


def _complaint(stderr: bytes) -> str:
    """Return the line of a compiler's messages that names the error: the first line may only give its location."""
    lines = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", stderr.decode(errors="replace")).strip().splitlines() or [""]
    return one_line(next((line for line in lines if "error" in line.lower()), lines[0]), 200)


def _is_whole(library: Path) -> bool:
    try:
        if not stat.S_ISREG(library.lstat().st_mode):  # a FIFO would be read for ever
            return False
        return library.stem.endswith(f"-{_digest(library.read_bytes())}")
    except OSError:
        return False


def _digest(content: bytes) -> str:
    import hashlib  # with OpenSSL's hashes, Python 3.12.1 crashes at the end of a second interpreter

    return hashlib.sha256(content).hexdigest()[:32]


def _about(command: Sequence[str], deadline: float) -> str:
    """Return what the machine code depends on besides the source: the compiler's version and the processor."""
    try:
        _, version, _ = _run([*command, "--version"], deadline)
    except (OSError, RuntimeError) as error:  # RuntimeError: a subinterpreter cannot start processes
        if isinstance(error, ToolError):
            raise
        raise ToolError(f"{command[0]} cannot be run: {error}") from None
    return "\0".join(
        [version.decode(errors="replace"), sys.platform, platform.machine(), str(sys.maxsize), _processor()]
    )


def _processor() -> str:
    """Identify this processor among those that may share the cache: by name and features, or by the machine's name."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return f"{platform.processor()} of {platform.node()}"
    return "\n".join(sorted({line for line in lines if line.startswith(("flags", "Features", "model name"))}))
