"""What the sources that compile() shows compute, each run in its own language, and what a page of the player
computes."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

from autograd.compiled.export import page
from autograd.errors import ToolError
from autograd.native import build as building
from autograd.native.build import compiler
from autograd.player.js_rules import rules
from autograd.player.player import described, script_of

ULPS = {"Python": 4, "C": 4, "JavaScript": 64}  # how exact the functions of each are, see bounds.ULPS
SOME = 0.05  # how often C, another process, is asked

NODE = """
const readline = require("readline");
const number = (x) => (Number.isFinite(x) ? x : String(x));
readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const { text, args } = JSON.parse(line);
  let answer;
  try {
    const run = new Function("graph", "leaf", "moved", text + `
      const model = new Model(graph, RULES);
      const found = [[...model.data], [...model.gradients()]];
      if (leaf === null) return [...found, null];
      model.set(leaf, moved);
      return [...found, model.data[model.root]];`);
    const [data, grads, root] = run(...args);
    answer = [data.map(number), grads.map(number), root === null ? null : number(root)];
  } catch (error) { answer = { error: String(error) }; }
  console.log(JSON.stringify(answer));
});
"""
_process: list[subprocess.Popen] = []


@contextmanager
def quick_builds():
    """The C backend is built in a temporary folder, without optimisation: it builds in a second, with the same numbers."""
    flags, kept = building._FLAGS, os.environ.get("XDG_CACHE_HOME")
    with tempfile.TemporaryDirectory() as folder:
        building._FLAGS = (("-O0", "-fno-builtin", "-w", "-shared", "-fPIC", "-ffp-contract=off"),)
        os.environ["XDG_CACHE_HOME"] = folder
        try:
            yield
        finally:
            building._FLAGS = flags
            os.environ.pop("XDG_CACHE_HOME") if kept is None else os.environ.update(XDG_CACHE_HOME=kept)


def refused_build():
    """Return what the C backend said about a library that it would not use, although there is a compiler; "" if all is
    well.

    compile() then continues in Python, with one warning in each process, and its numbers would be right.
    """
    try:
        compiler()
    except ToolError:
        return ""
    return next((str(found) for found, _ in building._made.values() if isinstance(found, ToolError)), "")


def ask_node(text, args):
    """Return an answer from the one process of node that is kept running. Raises ToolError where there is none."""
    if not shutil.which("node"):
        raise ToolError("no node here")
    if not _process:
        _process.append(
            subprocess.Popen(["node", "-e", NODE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        )
        atexit.register(_process[0].kill)
    node = _process[0]
    node.stdin.write(json.dumps({"text": text, "args": args}) + "\n")
    node.stdin.flush()
    answer = json.loads(node.stdout.readline())
    if isinstance(answer, dict):
        raise ValueError(f"JavaScript: {answer['error']}")
    return answer


def _number(x):
    return None if x is None else float(str(x).replace("Infinity", "inf"))


def run(step, program, case):
    """(language, [loss, gradients of the program's parameters]) of each language that is here."""
    given = [float(x) for x in case.given]
    numbers = [p.data for p in (*program.parameters, *program.constants)]
    names = {"__name__": "emitted"}
    exec(compile(page(program, "python", "loss", given), "<emitted>", "exec"), names)
    loss, slopes = names["step"](given, numbers, [0.0] * len(program.parameters))
    yield "Python", [loss, *slopes]
    if case.rng.random() < SOME:
        yield "C", in_c(page(program, "c", "loss", given))


def in_c(text):
    """Return what a page of C prints."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "page.c").write_text(text, encoding="utf-8")
        subprocess.run(
            [*compiler(), "-O0", "-ffp-contract=off", "-w", "page.c", "-o", "page", "-lm"], cwd=folder, check=True
        )
        printed = subprocess.run([f"{folder}/page"], capture_output=True, text=True, check=True).stdout
    return [float(line.split()[-1]) for line in printed.splitlines()]


def play(graph, leaf, number):
    """Return the data and gradients of a graph in the player, and its result with another number in a leaf."""
    data, grads, moved = ask_node(script_of(rules(graph.nodes)), [described(graph), leaf, number])
    return list(map(_number, data)), list(map(_number, grads)), _number(moved)
