// Compiles Python sources with the Python that will run them: node compile.mjs NODE_MODULES FOLDER LIBRARY.ZIP
// In FOLDER, the files that a first cell needs are compiled to .pyc. LIBRARY.ZIP is the standard library, compiled too,
// without the parts that a browser does not need. Other files stay as they are: compiled, they would be twice as large.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, folder, library] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(modules, "pyodide", "pyodide.mjs")));
const python = await loadPyodide();
python.mountNodeFS("/lib/site", folder);
python.runPython(`
import json, py_compile, sys, zipfile
from importlib._bootstrap_external import _code_to_hash_pyc
from importlib.util import source_hash

LEFT_OUT = """_aix_support _android_support _apple_support _ios_support _osx_support _pydecimal _pyio _pyrepl antigravity cProfile
    compileall ctypes/macholib curses dbm doctest email ensurepip filecmp fileinput ftplib http idlelib imaplib importlib/metadata
    ipaddress lib2to3 logging/config logging/handlers mailbox mimetypes modulefinder msilib multiprocessing netrc nturl2path
    optparse pdb pickletools plistlib poplib profile pstats pty pyclbr pydoc_data quopri sched smtplib socketserver sqlite3 ssl
    symtable tabnanny tarfile test tkinter trace tracemalloc tty turtle turtledemo unittest urllib/request urllib/robotparser
    venv wave webbrowser wsgiref xml xmlrpc zipapp""".split()
ENCODINGS = """__init__ aliases ascii utf_8 utf_8_sig utf_16 utf_16_le utf_16_be utf_32 latin_1 iso8859_1 cp437 cp1252 idna
    punycode raw_unicode_escape unicode_escape""".split()
CELL = """
from autograd import Value, draw
a = Value(1.0, label="a")
f = (a * a).tanh()
f.backward()
f.step_through().step()
f
"""

def wanted(path):
    parts = path.removesuffix(".py").split("/")
    if parts[0] in LEFT_OUT or "/".join(parts[:2]) in LEFT_OUT:
        return False
    return parts[0] != "encodings" or parts[1] in ENCODINGS

sys.dont_write_bytecode = True
sys.path.insert(0, "/lib/site")
from scalar_autograd.playground.running import start

session = start(lambda told: None, lambda source, format: "<svg/>")
for request in ({"do": "run", "code": CELL, "cell": 1}, {"do": "express", "text": "a*b"}, {"do": "complete", "text": "a.ta"}):
    session.do(json.dumps(request))
needed = {module.__file__ for module in list(sys.modules.values()) if getattr(module, "__file__", None)}
for path in needed:
    if path.startswith("/lib/site/") and path.endswith(".py"):
        py_compile.compile(path, doraise=True, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)

before = next(path for path in sys.path if path.endswith(".zip"))
with zipfile.ZipFile(before) as library, zipfile.ZipFile("/library.zip", "w", zipfile.ZIP_STORED) as made:
    for path in sorted(library.namelist()):
        if path.endswith("/") or not (wanted(path) or f"{before}/{path}" in needed):
            continue
        content = library.read(path)
        if f"{before}/{path}" in needed:
            code = compile(content, f"{before}/{path}", "exec", dont_inherit=True, optimize=2)
            path, content = path + "c", bytes(_code_to_hash_pyc(code, source_hash(content), False))
        made.writestr(zipfile.ZipInfo(path), content)
print(len(needed), "modules are compiled")
`);
writeFileSync(library, python.FS.readFile("/library.zip"));
