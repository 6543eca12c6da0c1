// What runs in the worker: Python, the layout engine for pictures, and the session that demos/playground/running.py keeps.
// It receives its parts, reports its progress, and then answers one request after another.

import { Graphviz } from "@hpcc-js/wasm-graphviz";
import { loadPyodide } from "pyodide";
import createPyodideModule from "pyodide/pyodide.asm.mjs";

const NOWHERE = "https://playground.invalid/"; // where Python believes that its files are

// The files are in one array of bytes: the length of a list as text, then the list of [path, length], then every file.
function unpack(FS, bytes, root) {
  const start = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  let at = start;
  for (const [path, length] of JSON.parse(new TextDecoder().decode(bytes.subarray(4, start)))) {
    FS.mkdirTree(`${root}/${path}`.replace(/\/[^/]*$/, ""));
    FS.writeFile(`${root}/${path}`, bytes.subarray(at, at + length));
    at += length;
  }
}

// Python asks for its files by address. Nothing is fetched: they are here already, and the program is compiled.
function answerFetches(module, library) {
  const { instantiate } = WebAssembly;
  self.fetch = async (address) => new Response(String(address).endsWith("library.zip") ? library : "");
  WebAssembly.instantiateStreaming = async (_, imports) => ({ module, instance: await instantiate(module, imports) });
}

self.begin = async ({ module, library, sources, lock, language }) => {
  const graphviz = Graphviz.load();
  answerFetches(module, library);
  const python = await loadPyodide({
    createPyodideModule, indexURL: NOWHERE, stdLibURL: `${NOWHERE}library.zip`, lockFileContents: lock,
    env: { HOME: "/home/learner", AUTOGRAD_LANG: language, PYTHONDONTWRITEBYTECODE: "1" },
    stdin: () => null,
  });
  postMessage({ started: 0.6 });
  unpack(python.FS, sources, "/lib/site");
  python.runPython("import sys; sys.path.insert(0, '/lib/site')");
  const { start } = python.pyimport("scalar_autograd.playground.running");
  const layout = await graphviz;
  const session = start((told) => postMessage(JSON.parse(told)), (source, format) => layout.layout(source, format));
  self.onmessage = ({ data }) => {
    try {
      session.do(JSON.stringify(data));
      postMessage({ done: { memory: python._module.HEAPU8.length } });
    } catch (error) { // an error of the interpreter itself, which cannot continue, since its stack is small
      postMessage({ died: String(error.message).trim().split("\n").at(-1) });
    }
  };
  postMessage({ ready: true });
};
