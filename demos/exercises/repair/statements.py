"""Edits of statements: assigned instead of added, wrongly indented, too early or too late, missing or superfluous."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from ...languages import tr
from .edits import Change, Edit, names_in, new, text

__all__ = ["of_statements"]


def of_statements(tree: ast.Module) -> Iterator[Edit]:
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            yield from _of_function(tree, function)
    for block, owner, field in _blocks(tree):
        yield from _accumulated(owner, field, block)
        yield from _begun(owner, field, block)
        yield from _moved(owner, field, block)
        yield from _dropped(owner, field, block)
        yield from _at_once(owner, field, block)


def _blocks(tree: ast.AST) -> Iterator[tuple[list[ast.stmt], ast.AST, str]]:
    """Yield every list of statements, with its owner."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef)):
            continue
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                yield block, node, field


def _put(owner: ast.AST, field: str, block: Sequence[ast.stmt]) -> Change:
    return Change(owner, field, None, list(block) or [ast.Pass(lineno=getattr(owner, "lineno", 1), col_offset=0)])


# --- = and += ----------------------------------------------------------------------------------------------------


def _accumulated(owner: ast.AST, field: str, block: Sequence[ast.stmt]) -> Iterator[Edit]:
    for k, node in enumerate(block):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and not isinstance(node.targets[0], ast.Tuple):
            target = node.targets[0]
            added = new(ast.AugAssign(target, ast.Add(), node.value), node)
            fields = {"target": text(target), "old": text(node)}
            change = Change(owner, field, k, added)
            if not isinstance(target, ast.Name) or not isinstance(owner, ast.For):
                yield Edit("assigned", (node.lineno,), (change,), fields, 1.0, "=")
            else:
                yield Edit("assigned", (node.lineno,), (change,), fields, 1.0, "=")
        if isinstance(node, ast.AugAssign):
            target = node.target
            assigned = new(ast.Assign([target], node.value), node)
            fields = {"target": text(target), "old": text(node)}
            yield Edit("kept", (node.lineno,), (Change(owner, field, k, assigned),), fields, 1.3, "+=")
        if isinstance(node, ast.For) and isinstance(owner, (ast.FunctionDef, ast.For, ast.While)):
            for i, inner in enumerate(node.body):
                if isinstance(inner, ast.Assign) and isinstance(inner.targets[0], ast.Name):
                    name = inner.targets[0].id
                    added = new(ast.AugAssign(ast.Name(name, ast.Store()), ast.Add(), inner.value), inner)
                    start = new(ast.Assign([ast.Name(name, ast.Store())], ast.Constant(0.0)), node)
                    changes = (Change(node, "body", i, added), _put(owner, field, [*block[:k], start, *block[k:]]))
                    fields = {"target": name, "old": text(inner)}
                    yield Edit("assigned", (inner.lineno,), changes, fields, 1.1)


# --- Where a statement belongs -------------------------------------------------------------------------------------


def _moved(owner: ast.AST, field: str, block: Sequence[ast.stmt]) -> Iterator[Edit]:
    for k, node in enumerate(block):
        if isinstance(node, (ast.For, ast.While, ast.If)):
            yield from _out_of(owner, field, block, k, node)
            yield from _into(owner, field, block, k, node)
        for j in range(max(0, k - 4), min(len(block), k + 5)):
            if j == k or isinstance(node, (ast.Return, ast.FunctionDef)):
                continue
            rest = [*block[:k], *block[k + 1 :]]
            if isinstance(node, ast.FunctionDef) or (j == len(block) - 1 and isinstance(block[-1], ast.Return)):
                continue
            other = block[j]
            kind = "later" if j > k else "earlier"
            fields = {"old": text(node), "other": text(other)}
            yield Edit(
                kind,
                (node.lineno,),
                (_put(owner, field, [*rest[:j], node, *rest[j:]]),),
                fields,
                1.2 + 0.05 * abs(j - k),
            )
        if k + 1 < len(block):
            two = block[k : k + 2]
            for j in range(len(block)):
                if j in (k, k + 1, k + 2) or isinstance(two[-1], ast.Return) or abs(j - k) > 4:
                    continue
                rest = [*block[:k], *block[k + 2 :]]
                at = j if j < k else j - 1
                kind = "later" if j > k else "earlier"
                if at == len(rest) and isinstance(block[-1], ast.Return):
                    continue
                fields = {"old": text(two[0]), "other": text(block[min(j, len(block) - 1)])}
                lines = (two[0].lineno, two[1].lineno)
                yield Edit(kind, lines, (_put(owner, field, [*rest[:at], *two, *rest[at:]]),), fields, 1.6)


def _out_of(
    owner: ast.AST, field: str, block: Sequence[ast.stmt], k: int, node: ast.For | ast.While | ast.If
) -> Iterator[Edit]:
    """Move the last statements of a loop to after it, and the first ones to before it."""
    body = node.body
    for count in range(1, len(body)):
        last, first = body[-count:], body[:count]
        fields = {"old": text(last[0]), "other": _head(node)}
        changes = (_put(node, "body", body[:-count]), _put(owner, field, [*block[: k + 1], *last, *block[k + 1 :]]))
        yield Edit("indented", (last[0].lineno,), changes, fields, 1.0 + 0.1 * count)
        fields = {"old": text(first[0]), "other": _head(node)}
        changes = (_put(node, "body", body[count:]), _put(owner, field, [*block[:k], *first, *block[k:]]))
        yield Edit("begun again", (first[0].lineno,), changes, fields, 1.2 + 0.1 * count)


def _into(
    owner: ast.AST, field: str, block: Sequence[ast.stmt], k: int, node: ast.For | ast.While | ast.If
) -> Iterator[Edit]:
    """Move the statement before a loop to its beginning, or the one after it to its end."""
    if isinstance(node, ast.If):
        return
    for j in range(k):
        before = block[j]
        if isinstance(before, (ast.Assign, ast.Expr)):
            changes = (_put(owner, field, [*block[:j], *block[j + 1 :]]), _put(node, "body", [before, *node.body]))
            fields = {"old": text(before), "other": _head(node)}
            yield Edit("set back", (before.lineno,), changes, fields, 1.0)
            yield from _set_back(before, node)
    if k + 1 < len(block):
        after = block[k + 1]
        changes = (_put(owner, field, [*block[: k + 1], *block[k + 2 :]]), _put(node, "body", [*node.body, after]))
        fields = {"old": text(after), "other": _head(node)}
        yield Edit("outside", (after.lineno,), changes, fields, 1.1)


def _set_back(before: ast.stmt, loop: ast.For | ast.While) -> Iterator[Edit]:
    """Keep the statement, and repeat it in every iteration of this loop or an inner one, or for one of several
    names."""
    if (
        isinstance(before, ast.Assign)
        and isinstance(before.targets[0], ast.Tuple)
        and isinstance(before.value, ast.Tuple)
    ):
        for target, value in zip(before.targets[0].elts, before.value.elts):
            if not _is_start(value):
                yield from _set_back(new(ast.Assign([target], value), before), loop)
    if isinstance(before, ast.Assign) and not _is_start(before.value):
        for block in ([*loop.body, before], [before, *loop.body]):
            fields = {"old": text(before), "other": _head(loop)}
            yield Edit("set back", (before.lineno,), (_put(loop, "body", block),), fields, 1.1)
        return
    if not isinstance(before, (ast.Assign, ast.Expr)):
        return
    starts: list[ast.stmt] = [before]
    if (
        isinstance(before, ast.Assign)
        and isinstance(before.targets[0], ast.Tuple)
        and isinstance(before.value, ast.Tuple)
    ):
        starts += [
            new(ast.Assign([target], value), before)
            for target, value in zip(before.targets[0].elts, before.value.elts)
            if _is_start(value)
        ]
    inner = [node for node in ast.walk(loop) if isinstance(node, (ast.For, ast.While))]
    for start in starts:
        for one in inner:
            if start is before and one is loop:
                continue
            fields = {"old": text(start), "other": _head(one)}
            yield Edit("set back", (before.lineno,), (_put(one, "body", [start, *one.body]),), fields, 1.1)


def _begun(owner: ast.AST, field: str, block: Sequence[ast.stmt]) -> Iterator[Edit]:
    """Start what a loop adds to at 0, and what it multiplies at 1."""
    for k, node in enumerate(block):
        if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)) or _is_start(node.value):
            continue
        name = node.targets[0].id
        loops = [one for one in block[k + 1 :] if isinstance(one, (ast.For, ast.While))]
        grown = [inner for loop in loops for inner in ast.walk(loop) if isinstance(inner, ast.AugAssign)]
        for op, start in ((ast.Add, 0.0), (ast.Mult, 1.0)):
            if any(isinstance(one.op, op) and text(one.target) == name for one in grown):
                begun = new(ast.Assign(node.targets, ast.Constant(start)), node)
                fields = {"target": name, "number": f"{start:g}"}
                yield Edit("begin", (node.lineno,), (Change(owner, field, k, begun),), fields, 0.9)


def _is_start(node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple):
        return any(map(_is_start, node.elts))
    if isinstance(node, ast.Call):
        return not node.args or all(map(_is_start, node.args))
    return isinstance(node, ast.Constant) or (
        isinstance(node, (ast.List, ast.Dict, ast.Set)) and not getattr(node, "elts", ())
    )


def _head(node: ast.AST) -> str:
    return (
        text(node, 400).split(":", 1)[0][:48]
        if not isinstance(node, ast.For)
        else f"for {text(node.target)} in {text(node.iter)}"
    )


# --- Too many, and too few -----------------------------------------------------------------------------------------


def _dropped(owner: ast.AST, field: str, block: Sequence[ast.stmt]) -> Iterator[Edit]:
    for k, node in enumerate(block):
        fields = {"old": text(node)}
        rest = [*block[:k], *block[k + 1 :]]
        if isinstance(node, (ast.Break, ast.Continue, ast.Expr, ast.Assign, ast.AugAssign)):
            yield Edit("too much", (node.lineno,), (_put(owner, field, rest),), fields, 1.3)
        if isinstance(node, ast.Return) and len(block) > 1:
            yield Edit("ends here", (node.lineno,), (_put(owner, field, rest),), fields, 1.2)
        if isinstance(node, ast.If):
            fields = {"old": text(node.test)}
            yield Edit(
                "unasked", (node.lineno,), (_put(owner, field, [*block[:k], *node.body, *block[k + 1 :]]),), fields, 1.4
            )
            unconditional = [*block[:k], *node.orelse, *block[k + 1 :]]
            yield Edit("unwanted", (node.lineno,), (_put(owner, field, unconditional),), fields, 1.5)


def _at_once(owner: ast.AST, field: str, block: Sequence[ast.stmt]) -> Iterator[Edit]:
    """w = ...; b = ...: the second has to use the old w."""
    for first, second in zip(block, block[1:]):
        pairs = [_as_assignment(one) for one in (first, second)]
        if None in pairs:
            continue
        (target, value), (other, last) = pairs  # type: ignore[misc]
        together = new(
            ast.Assign([ast.Tuple([target, other], ast.Store())], ast.Tuple([value, last], ast.Load())), first
        )
        k = block.index(first)
        fields = {"old": text(second), "target": text(target)}
        yield Edit(
            "already new", (second.lineno,), (_put(owner, field, [*block[:k], together, *block[k + 2 :]]),), fields, 1.0
        )


def _as_assignment(node: ast.stmt) -> tuple[ast.expr, ast.expr] | None:
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], (ast.Name, ast.Attribute)):
        return node.targets[0], node.value
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        return node.target, ast.BinOp(ast.Name(node.target.id, ast.Load()), node.op, node.value)
    return None


def _of_function(tree: ast.Module, function: ast.FunctionDef) -> Iterator[Edit]:
    yield from _zeroed(function)
    yield from _visited(tree, function)
    yield from _seeded(function)
    yield from _biased(function)
    yield from _kept_default(function)


def _zeroed(function: ast.FunctionDef) -> Iterator[Edit]:
    """Call zero_grad() in every iteration of a loop that calls backward()."""
    loops = [node for node in ast.walk(function) if isinstance(node, (ast.For, ast.While))]
    loops = [loop for loop in loops if "backward()" in text(loop, 4000)]
    names = names_in(function)
    for loop in loops:
        code = text(loop, 4000)
        moved = [name for name in names if f"{name}.grad" in code or f"{name}.data" in code]
        wanted = {f"{name}.grad = 0.0": name for name in moved}
        for name in names:
            if f"{name}.step()" in code:
                wanted[f"{name}.zero_grad()"] = name
        several = [one for one in ast.walk(loop) if isinstance(one, ast.For) and isinstance(one.target, ast.Name)]
        each = {f"for {one.target.id} in {text(one.iter)}: {one.target.id}.grad = 0.0": text(one.iter)
                for one in several if f"{one.target.id}.grad" in text(one, 4000)}  # fmt: skip
        backward = next(
            (n.lineno for n in ast.walk(loop) if isinstance(n, ast.Call) and text(n.func).endswith("backward")),
            loop.lineno,
        )
        options = [[one] for one in [*wanted, *each]] + ([[*wanted]] if len(wanted) > 1 else [])
        for option in options:
            statements = [new(ast.parse(one).body[0], loop.body[0]) for one in option]
            which = tr(" and ").join({**wanted, **each}[one] for one in option)
            start = next((i for i, one in enumerate(loop.body) if "backward()" in text(one, 4000)), 0)
            fields = {"which": which}
            for at in dict.fromkeys((0, start)):
                change = _put(loop, "body", [*loop.body[:at], *statements, *loop.body[at:]])
                yield Edit("zero_grad", (backward,), (change,), fields, 1.0 + 0.1 * len(option))


def _visited(tree: ast.Module, function: ast.FunctionDef) -> Iterator[Edit]:
    """Let a recursive function visit each node only once."""
    own = function.name
    if not function.args.args or not any(
        isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == own for n in ast.walk(function)
    ):
        return
    outside = [
        one
        for one in ast.walk(tree)
        if isinstance(one, ast.FunctionDef) and function in one.body and one is not function
    ]
    if not outside:
        return
    outer, name = outside[0], function.args.args[0].arg
    once = ast.parse(
        f"key = {name} if isinstance({name}, str) else id({name})\nif key in __seen__: return\n__seen__.add(key)"
    ).body
    start = new(ast.parse("__seen__ = set()").body[0], function)
    changes = (
        _put(function, "body", [*(new(one, function.body[0]) for one in once), *function.body]),
        _put(outer, "body", [start, *outer.body]),
    )
    yield Edit("once", (function.lineno,), changes, {"name": own}, 1.0)


def _seeded(function: ast.FunctionDef) -> Iterator[Edit]:
    """Set the root's own gradient to 1."""
    if function.name == "backward" and function.args.args:
        own = function.args.args[0].arg
        for k in range(len(function.body) + 1):
            seed = new(ast.parse(f"{own}.grad = 1.0").body[0], function.body[min(k, len(function.body) - 1)])
            changes = (_put(function, "body", [*function.body[:k], seed, *function.body[k:]]),)
            yield Edit("no seed", (function.lineno,), changes, {}, 1.0)
    for k, node in enumerate(function.body):
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, (ast.BinOp, ast.ListComp))
        ):
            seed = new(ast.parse(f"{node.targets[0].id}[0] = 1.0").body[0], node)
            change = _put(function, "body", [*function.body[: k + 1], seed, *function.body[k + 1 :]])
            yield Edit("seed", (node.lineno,), (change,), {"old": text(node)}, 1.0)


def _biased(function: ast.FunctionDef) -> Iterator[Edit]:
    """Let a loop over the rows of one list also go through the numbers of another: a bias for each row, a slope for
    each unit."""
    arguments = [argument.arg for argument in function.args.args]
    for node in ast.walk(function):
        if not isinstance(node, (ast.For, ast.ListComp)):
            continue
        loop = node if isinstance(node, ast.For) else node.generators[0]
        for other in arguments:
            if text(loop.iter) == other or isinstance(loop.iter, ast.Constant):
                continue
            iterated = ast.Call(ast.Name("zip", ast.Load()), [loop.iter, ast.Name(other, ast.Load())], [])
            target = ast.Tuple([loop.target, ast.Name("__own__", ast.Store())], ast.Store())
            heads = (
                Change(loop, "iter", None, new(iterated, loop.iter)),
                Change(loop, "target", None, new(target, loop.target)),
            )
            own = ast.Name("__own__", ast.Load())
            for sink, field, index, value in _sinks(node):
                for op, kind in ((ast.Add(), "own term"), (ast.Mult(), "own factor")):
                    more = Change(sink, field, index, new(ast.BinOp(value, op, own), value))
                    fields = {"old": text(value), "part": other}
                    yield Edit(kind, (value.lineno,), (*heads, more), fields, 1.4)


def _sinks(node: ast.For | ast.ListComp) -> Iterator[tuple[ast.AST, str, int | None, ast.expr]]:
    """Yield the expressions whose values a loop collects: the element of a comprehension, what is appended, what is
    assigned."""
    if isinstance(node, ast.ListComp):
        yield node, "elt", None, node.elt
        return
    for inner in ast.walk(node):
        if (
            isinstance(inner, ast.Call)
            and isinstance(inner.func, ast.Attribute)
            and inner.func.attr == "append"
            and inner.args
        ):
            yield inner, "args", 0, inner.args[0]


def _kept_default(function: ast.FunctionDef) -> Iterator[Edit]:
    """def f(x, found=[]): every call gets the same list."""
    count = len(function.args.defaults)
    for argument, default in zip(function.args.args[len(function.args.args) - count :], function.args.defaults):
        if isinstance(default, (ast.List, ast.Dict)):
            start = new(ast.Assign([ast.Name(argument.arg, ast.Store())], default), function.body[0])
            changes = (_put(function, "body", [start, *function.body]),)
            yield Edit("default", (function.lineno,), changes, {"old": f"{argument.arg}={text(default)}"}, 1.0)
