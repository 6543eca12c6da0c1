"""Edits of expressions: a sign, an operator, a factor, an index, a name, a function, an order."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator, Sequence

from .around import atoms_of, in_scope, missing, other_calls, other_names
from .edits import Change, Edit, Function, Site, call_of, edit_at, is_number, names_in, new, sites, text

__all__ = ["of_expressions"]

_SYMBOLS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.FloorDiv: "//", ast.Mod: "%", ast.MatMult: "@",
}  # fmt: skip
_FUNCTIONS = (
    ("max", "min", "sum", "len"), ("exp", "log", "log2", "log10", "sqrt", "exp2", "expm1", "log1p"),
    ("sin", "cos", "tan", "tanh", "sinh", "cosh"), ("ceil", "floor", "round", "int", "float", "abs"),
    ("append", "extend"), ("dot", "multiply", "add", "matmul", "outer"), ("sum", "mean", "prod"),
)  # fmt: skip
_COMPARISONS: tuple[type[ast.cmpop], ...] = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
_OPPOSED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_SIGNS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=", ast.In: "in",
          ast.NotIn: "not in"}  # fmt: skip


def of_expressions(tree: ast.Module) -> Iterator[Edit]:
    """Yield the edits at every expression of a program."""
    names: dict[Function, list[str]] = {}
    atoms: dict[Function, list[ast.expr]] = {}
    every = list(sites(tree))
    for site in every:
        if site.function not in names:
            names[site.function] = in_scope(tree, site.function)
            atoms[site.function] = atoms_of(tree, site.function, names[site.function])
        for edits in _AT_EACH:
            yield from edits(site)
        yield from other_names(site, names[site.function])
        yield from other_calls(site, names[site.function])
        yield from missing(site, atoms[site.function])
    yield from _of_targets(tree)
    yield from _of_steps(tree)


# --- One expression by itself ----------------------------------------------------------------------------------


def _binary(site: Site) -> Iterator[Edit]:
    node = site.node
    if not isinstance(node, ast.BinOp):
        return
    op, symbol = type(node.op), _SYMBOLS.get(type(node.op), "?")
    if op in (ast.Sub, ast.Div, ast.MatMult, ast.FloorDiv):
        swapped = ast.BinOp(node.right, node.op, node.left)
        yield edit_at("swapped", site, swapped, 1, symbol, symbol=symbol)
    for other in (ast.Add, ast.Sub, ast.Mult, ast.Div):
        if op in _SYMBOLS and other is not op and op is not ast.Pow:
            if other in (ast.Mult, ast.Div) and _is_one(node.right):
                continue  # this changes nothing, and "the 1 is not needed" says more
            value = ast.BinOp(node.left, other(), node.right)
            yield edit_at(_TODO[other], site, value, 1.2, symbol + _SYMBOLS[other], symbol=symbol)
    if op is ast.Mult:
        yield edit_at("other operator", site, ast.BinOp(node.left, ast.MatMult(), node.right), 2, "@", symbol=symbol)
    for kept, dropped in ((node.left, node.right), (node.right, node.left)):
        if kept is node.right and op in (ast.Pow, ast.FloorDiv):
            continue
        value = ast.UnaryOp(ast.USub(), kept) if kept is node.right and op is ast.Sub else kept
        if kept is node.right and op is ast.Div:
            value = ast.BinOp(ast.Constant(1.0), ast.Div(), kept)
        spare = f"{symbol} {text(dropped)}" if kept is node.left else f"{text(dropped)} {symbol}"
        yield edit_at("spare", site, value, 1.1, spare, spare=spare)
    if op is ast.Pow and isinstance(node.left, ast.Constant):
        exponential = ast.Call(ast.Attribute(ast.Name("math", ast.Load()), "exp", ast.Load()), [node.right], [])
        yield edit_at("other operator", site, exponential, 1.3, symbol=f"{text(node.left)} **")
    yield from _regrouped(site, node)


def _is_one(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 1


_TODO: dict[type[ast.operator], str] = {
    ast.Add: "to add", ast.Sub: "to subtract", ast.Mult: "to multiply", ast.Div: "to divide",
}  # fmt: skip


def _regrouped(site: Site, node: ast.BinOp) -> Iterator[Edit]:
    """Yield the expression with other parentheses: (a + b) * c for a + b * c, and so on."""
    left, right = node.left, node.right
    if isinstance(left, ast.BinOp):
        for a, b in ((left.left, left.right), (left.right, left.left)):
            if a is left.right and not isinstance(left.op, (ast.Add, ast.Mult)):
                continue
            value = ast.BinOp(a, left.op, ast.BinOp(b, node.op, right))
            yield edit_at("grouping", site, value, 1.6)
        if type(left.op) is type(node.op) and isinstance(node.op, (ast.Div, ast.Sub)):
            inner = ast.Mult() if isinstance(node.op, ast.Div) else ast.Add()
            yield edit_at("grouping", site, ast.BinOp(left.left, node.op, ast.BinOp(left.right, inner, right)), 1.6)
    if isinstance(right, ast.BinOp):
        yield edit_at("grouping", site, ast.BinOp(ast.BinOp(left, node.op, right.left), right.op, right.right), 1.6)


def _unary(site: Site) -> Iterator[Edit]:
    node = site.node
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        if not isinstance(node.operand, ast.Constant) or site.field != "slice":
            yield edit_at("sign", site, node.operand, 1, "-")
    elif isinstance(node, ast.UnaryOp):
        yield edit_at("condition", site, node.operand, 1)
    elif is_number(node) and not isinstance(node, ast.Constant):
        whole = site.field in ("value", "elt", "test") or isinstance(
            site.owner, (ast.Tuple, ast.List, ast.Call, ast.Compare)
        )
        if whole or isinstance(site.owner, (ast.BinOp, ast.Compare)):
            yield edit_at("sign", site, ast.UnaryOp(ast.USub(), node), 1.3 if whole else 1.9, "whole" if whole else "")
    elif isinstance(node, ast.Constant) and isinstance(node.value, float):
        yield edit_at("sign", site, ast.UnaryOp(ast.USub(), node), 2)


def _constants(site: Site) -> Iterator[Edit]:
    node = site.node
    if not isinstance(node, ast.Constant) or isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
        return
    held = node.value
    kind, key = "number", f"{held}"
    if isinstance(site.owner, (ast.Assign, ast.keyword)) and held in (0, 1, 0.0, 1.0):
        kind = "start"
    if isinstance(site.owner, (ast.List, ast.Tuple)) and isinstance(site.statement, ast.Assign) and held in (0, 1):
        kind = "start"
    if isinstance(site.owner, ast.Subscript):
        kind = "index"
    others = {held + 1, held - 1, 0, 1, 2, 2 * held, held / 2, 1e-5}
    if isinstance(held, int):
        others = {held + 1, held - 1, 0, 1, 2, -1}
    elif held < 1:
        others |= {held / 10, held * 10, 1e-4, 1e-6}
    for other in sorted(others - {held}, key=lambda x: (abs(x - held), x)):
        cost = 1.2 if kind != "number" else 1.5
        yield edit_at(kind, site, ast.Constant(other), cost, f"{key} {other}", number=f"{held:g}")


def _calls(site: Site) -> Iterator[Edit]:
    node = site.node
    if not isinstance(node, ast.Call):
        return
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    bare = isinstance(node.func, ast.Name) or (isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)
                                               and node.func.value.id in ("math", "np", "numpy"))  # fmt: skip
    if len(node.args) == 1 and bare and not isinstance(node.args[0], ast.Starred):
        yield edit_at("spare call", site, node.args[0], 1.1, called, name=called)
    elif not node.args and isinstance(node.func, ast.Attribute):
        yield edit_at("spare call", site, node.func.value, 1.3, called, name=called)
    for alike in _FUNCTIONS:
        for other in alike if called in alike else ():
            if other == called:
                continue
            function = copy.copy(node.func)
            if isinstance(function, ast.Attribute):
                function.attr = other
            elif isinstance(function, ast.Name) and other in _BUILTIN:
                function.id = other
            else:
                continue
            yield edit_at(
                "function", site, ast.Call(function, node.args, node.keywords), 1.4, called + other, name=called
            )
    if len(node.args) == 2 and not any(isinstance(one, ast.Starred) for one in node.args):
        value = ast.Call(node.func, node.args[::-1], node.keywords)
        yield edit_at("places", site, value, 1.3, called, one=text(node.args[0]), other=text(node.args[1]))
    if called == "range" and node.args:
        *first, last = node.args
        for op, way in ((ast.Add(), "early"), (ast.Sub(), "late")):
            value = ast.Call(node.func, [*first, ast.BinOp(last, op, ast.Constant(1))], [])
            yield edit_at(f"ends {way}", site, value, 1.2, "range")
        if len(node.args) >= 2:
            yield edit_at("begins", site, ast.Call(node.func, [ast.Constant(0), node.args[1]], []), 1.1, "range")
        else:
            yield edit_at("begins", site, ast.Call(node.func, [ast.Constant(1), last], []), 1.3, "range")
        if len(node.args) == 1:
            yield edit_at("backwards", site, call_of("reversed", node), 1.5)
    if node.keywords and called not in ("print",):
        for k, keyword in enumerate(node.keywords):
            rest = [*node.keywords[:k], *node.keywords[k + 1 :]]
            yield edit_at(
                "spare", site, ast.Call(node.func, node.args, rest), 1.6, spare=f"{keyword.arg}={text(keyword.value)}"
            )


_BUILTIN = {"max", "min", "sum", "len", "round", "int", "float", "abs"}


def _wrapped(site: Site) -> Iterator[Edit]:
    """abs() of a condition, sqrt() of a divisor, a copy of a list, the other direction of a loop."""
    node = site.node
    if isinstance(site.owner, ast.Compare) and is_number(node) and site.field == "left":
        yield edit_at("lacks call", site, call_of("abs", node), 1.1, "abs", name="abs")
    if isinstance(site.owner, ast.BinOp) and site.field == "right" and isinstance(site.owner.op, (ast.Div, ast.Mult)):
        root = ast.BinOp(node, ast.Pow(), ast.Constant(0.5))
        yield edit_at("lacks call", site, root, 1.2, "sqrt", name="sqrt")
    named = isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)) and isinstance(site.statement, ast.Assign)
    if named and (site.owner is site.statement or isinstance(site.owner, ast.Tuple)):
        yield edit_at("copy", site, call_of("list", node), 1.1, text(node))
    if site.field in ("value", "elt") and isinstance(
        site.owner, (ast.Return, ast.ListComp, ast.GeneratorExp, ast.Assign)
    ):
        exponential = ast.Call(ast.Attribute(ast.Name("math", ast.Load()), "exp", ast.Load()), [node], [])
        yield edit_at("lacks call", site, exponential, 1.6, "exp", name="exp")
        logarithm = ast.UnaryOp(ast.USub(), ast.Call(ast.Attribute(node, "log", ast.Load()), [], []))
        yield edit_at("lacks log", site, logarithm, 1.5, "log")
    if site.field == "iter" or (isinstance(site.owner, (ast.Return,)) and _is_listlike(node)):
        if not isinstance(node, (ast.Tuple, ast.List)):
            yield edit_at("backwards", site, _reversed(node), 1.2)
        if site.field == "iter" and isinstance(node, ast.Name):
            yield edit_at("rows", site, call_of("zip", ast.Starred(node, ast.Load())), 1.4, "zip")
    if isinstance(node, ast.Call) and site.field == "iter" and _is_called(node, "reversed"):
        yield edit_at("backwards", site, node.args[0], 1.0)
    if isinstance(node, ast.Call) and _is_called(node, "zip") and len(node.args) == 1:
        starred = node.args[0]
        if isinstance(starred, ast.Starred):
            yield edit_at("columns", site, starred.value, 1.1, "zip")
    if isinstance(node, ast.Call) and _is_called(node, "zip") and len(node.args) > 1:
        for k, argument in enumerate(node.args):
            if isinstance(argument, ast.Name):
                turned = [*node.args]
                turned[k] = call_of("zip", ast.Starred(argument, ast.Load()))
                yield edit_at("rows", site, ast.Call(node.func, turned, node.keywords), 1.8)


def _reversed(node: ast.expr) -> ast.expr:
    """Return code that reverses any iterable into a list."""
    return ast.Subscript(
        call_of("list", node), ast.Slice(None, None, ast.UnaryOp(ast.USub(), ast.Constant(1))), ast.Load()
    )


def _is_listlike(node: ast.expr) -> bool:
    return isinstance(node, (ast.Name, ast.ListComp, ast.Call))


def _is_called(node: ast.Call, name: str) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id == name and bool(node.args)


def _subscripts(site: Site) -> Iterator[Edit]:
    node = site.node
    if isinstance(node, ast.Subscript):
        base, inner = node.value, node.slice
        if isinstance(inner, ast.Slice):
            step = inner.step and text(inner.step)
            kind = "backwards" if step == "-1" and not inner.lower and not inner.upper else "slice"
            yield edit_at(kind, site, base, 1.0, part=text(base))
            if kind == "slice":
                for lower, upper in ((None, inner.upper), (inner.lower, None)):
                    cut = ast.Subscript(base, ast.Slice(lower, upper, inner.step), ast.Load())
                    yield edit_at(kind, site, cut, 1.05, part=text(base))
        elif isinstance(base, ast.Subscript):
            turned = ast.Subscript(ast.Subscript(base.value, inner, ast.Load()), base.slice, ast.Load())
            yield edit_at("transposed", site, turned, 1.0, _root(base.value))
        if not isinstance(inner, ast.Slice) and not isinstance(inner, ast.Constant):
            for op in (ast.Add(), ast.Sub()):
                moved = ast.Subscript(base, ast.BinOp(inner, op, ast.Constant(1)), ast.Load())
                yield edit_at("index", site, moved, 1.3, number=text(inner))
    if isinstance(node, ast.Attribute) and isinstance(node.value, (ast.Name, ast.Subscript)):
        if node.attr == "grad" or (node.attr == "data" and _goes_back(site)):
            yield edit_at("attribute", site, ast.Attribute(node.value, "grad" if node.attr == "data" else "data", ast.Load()),
                        1.2, f"{text(node)}", name=node.attr)  # fmt: skip
        if node.attr in ("data", "real"):
            yield edit_at("cut", site, node.value, 1.0, "data", name=node.attr)
    if isinstance(node, ast.Call) and _is_called(node, "getattr") and text(node.args[1]) in ("'data'", "'real'"):
        yield edit_at("cut", site, node.args[0], 1.0, "data", name="data")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("item", "detach"):
        yield edit_at("cut", site, node.func.value, 1.0, "item", name=node.func.attr)


def _goes_back(site: Site) -> bool:
    """Return whether a gradient can be there: in a function that calls backward(), or a method of an engine."""
    code = text(site.function, 100_000)
    return "backward" in code or ".grad" in code or "self" in code


def _root(node: ast.expr) -> str:
    return text(node)


def _orders(site: Site) -> Iterator[Edit]:
    """Swap two of several items, or two loops, or make rows that are not all the same list."""
    node = site.node
    if isinstance(node, (ast.Tuple, ast.List)) and 2 <= len(node.elts) <= 4:
        for i in range(len(node.elts)):
            for j in range(i + 1, len(node.elts)):
                items = [*node.elts]
                items[i], items[j] = items[j], items[i]
                value = type(node)(items, ast.Load())
                yield edit_at("places", site, value, 1.0, one=text(node.elts[i]), other=text(node.elts[j]))
    if isinstance(node, ast.ListComp) and isinstance(node.elt, ast.ListComp):
        inner = node.elt
        value = ast.ListComp(ast.ListComp(inner.elt, node.generators), inner.generators)
        yield edit_at("nesting", site, value, 1.0)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and isinstance(node.left, ast.List):
        comprehension = ast.ListComp(
            node.left.elts[0],
            [ast.comprehension(ast.Name("_", ast.Store()), call_of("range", node.right), [], 0)],
        ) if node.left.elts else node  # fmt: skip
        yield edit_at("one list", site, comprehension, 1.0)
        rest = ast.BinOp(ast.List([ast.Constant(0.0)], ast.Load()), ast.Mult(),
                         ast.BinOp(node.right, ast.Sub(), ast.Constant(1)))  # fmt: skip
        seeded = ast.BinOp(ast.List([ast.Constant(1.0)], ast.Load()), ast.Add(), rest)
        yield edit_at("seed", site, seeded, 1.2)
    if isinstance(node, ast.ListComp) and isinstance(node.elt, ast.Constant) and node.elt.value == 0:
        cut = ast.Subscript(node, ast.Slice(ast.Constant(1)), ast.Load())
        yield edit_at("seed", site, ast.BinOp(ast.List([ast.Constant(1.0)], ast.Load()), ast.Add(), cut), 1.2)


def _lists(site: Site) -> Iterator[Edit]:
    """Let a list start empty, or with a number."""
    node = site.node
    if not isinstance(node, ast.List) or not isinstance(site.statement, ast.Assign):
        return
    if not node.elts:
        items: list[ast.expr] = [ast.Constant(1.0)]
        items += [ast.Name(argument.arg, ast.Load()) for argument in site.function.args.args]
        for item in items:
            yield edit_at("empty start", site, ast.List([item], ast.Load()), 1.0)
    elif len(node.elts) == 1:
        yield edit_at("full start", site, ast.List([], ast.Load()), 1.2)


def _conditions(site: Site) -> Iterator[Edit]:
    node = site.node
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        op = type(node.ops[0])
        for other in _COMPARISONS if op in _COMPARISONS else (_OPPOSED.get(op),):
            if other and other is not op:
                value = ast.Compare(node.left, [other()], node.comparators)
                cost = 1.0 if other is _OPPOSED.get(op) else 1.1
                yield edit_at("comparison", site, value, cost, symbol=_SIGNS.get(op, "?"))
    if isinstance(node, ast.IfExp):
        yield edit_at("branch", site, node.body, 1.5)
        yield edit_at("branch", site, node.orelse, 1.5)
    if isinstance(node, ast.BoolOp):
        for value in node.values:
            yield edit_at("condition", site, value, 1.5)
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield edit_at("condition", site, ast.BoolOp(other, node.values), 1.3)


def _large(site: Site) -> Iterator[Edit]:
    """exp(s) for large s: the largest has to be subtracted first."""
    node = site.node
    if not (isinstance(node, ast.Call) and len(node.args) == 1 and text(node.func) in ("math.exp", "exp", "np.exp")):
        return
    for argument in names_in(site.function):
        largest = ast.BinOp(node.args[0], ast.Sub(), call_of("max", ast.Name(argument, ast.Load())))
        yield edit_at("too large", site, ast.Call(node.func, [largest], []), 1.2, argument)


_AT_EACH: Sequence[Callable[[Site], Iterator[Edit]]] = (
    _binary, _unary, _constants, _calls, _wrapped, _subscripts, _orders, _lists, _conditions, _large,
)  # fmt: skip


# --- Targets of loops, steps of sums ----------------------------------------------------------------------------


def _of_targets(tree: ast.Module) -> Iterator[Edit]:
    """for operand, node, partial in edges: two names have changed places."""
    for node in ast.walk(tree):
        target = node.target if isinstance(node, (ast.For, ast.comprehension)) else None
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
            target = node.targets[0]
        if not isinstance(target, ast.Tuple):
            continue
        for i in range(len(target.elts)):
            for j in range(i + 1, len(target.elts)):
                items = [*target.elts]
                items[i], items[j] = items[j], items[i]
                turned = new(ast.Tuple(items, ast.Store()), target)
                change = (
                    Change(node, "targets", 0, turned)
                    if isinstance(node, ast.Assign)
                    else Change(node, "target", None, turned)
                )
                fields = {"old": text(target), "one": text(target.elts[i]), "other": text(target.elts[j])}
                yield Edit("places", (target.lineno,), (change,), fields, 1.0)


def _of_steps(tree: ast.Module) -> Iterator[Edit]:
    """+= and -=, *= and +=."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.AugAssign):
            continue
        for other in (ast.Add, ast.Sub, ast.Mult, ast.Div):
            if not isinstance(node.op, other):
                symbol = _SYMBOLS[type(node.op)]
                fields = {"old": text(node.value), "symbol": f"{symbol}="}
                kind, key = f"{_TODO[other]} here", symbol + _SYMBOLS[other]
                yield Edit(kind, (node.lineno,), (Change(node, "op", None, other()),), fields, 1.0, key)
