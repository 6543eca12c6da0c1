// The suite in a browser's Python: CPython as WebAssembly, without processes, threads, a terminal or a deep stack.
//
//   npm install --prefix FOLDER pyodide @hpcc-js/wasm-graphviz
//   python -m pip install --target FOLDER/site graphviz pytest
//   node tests/browser_python.mjs FOLDER [what pytest takes]
//
// Tests that need one of these are skipped by their marks (tests/needs.py); all others have to pass. Pictures are laid out by
// Graphviz as WebAssembly, set with autograd.drawing.set_engine, so that tests of pictures run too.

import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [folder, ...given] = process.argv.slice(2);
if (!folder) {
  console.error("want the folder that holds node_modules and site: see the first lines of this file");
  process.exit(2);
}
let running = "before the first test";
process.on("uncaughtException", (error) => { // without the megabyte of source that node would print
  console.error(`the interpreter stopped in ${running}: ${error.message}`);
  process.exit(3);
});
const module = (...path) => import(pathToFileURL(join(folder, "node_modules", ...path)));
const { loadPyodide } = await module("pyodide", "pyodide.mjs");
const { Graphviz } = await module("@hpcc-js", "wasm-graphviz", "dist", "index.js");

const python = await loadPyodide({ env: { ...process.env, HOME: "/home/pyodide" } });
const write = (to) => ({ write: (bytes) => (to.write(bytes), bytes.length) });
python.setStdout(write(process.stdout));
python.setStderr(write(process.stderr));
for (const [at, path] of [["/repo", join(dirname(fileURLToPath(import.meta.url)), "..")], ["/site", join(folder, "site")]]) {
  python.mountNodeFS(at, path);
}
const graphviz = await Graphviz.load();
python.globals.set("layout", (source, format) => graphviz.layout(source, format));
python.globals.set("starts", (test) => { running = test; });
python.globals.set("given", python.toPy(given));
const status = python.runPython(`
import os, sys
sys.dont_write_bytecode = True
sys.path[:0] = ["/repo", "/site"]
os.chdir("/repo")

import pytest
from autograd.drawing import set_engine

set_engine(layout)

class Starts:
    def pytest_runtest_logstart(self, nodeid):
        starts(nodeid)

absent = ("process", "thread", "signal", "loop", "fifo", "socket", "umask", "stack")
left_out = " and ".join(f"not needs_{need}" for need in absent) + " and not slow"
int(pytest.main(["-q", "-p", "no:cacheprovider", "-m", left_out, *given], plugins=[Starts()]))
`);
process.exit(status);
