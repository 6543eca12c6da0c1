"""The table of test_contract.py: what a user changes, counts, reads or picks between calls, and what compile() does then."""

from __future__ import annotations

SCENARIOS = {}
SOURCES = {}  # the public threads that scenarios come from, by name
KINDS = ("same", "retraced", "refused", "found", "never")


def scenario(wanted, name=None, source=None):
    """Register a generator function: it is given `compiled(loss, params)`, and yields what calls return."""

    def register(play):
        key = name or play.__name__
        assert key not in SCENARIOS and wanted.split()[0] in KINDS, key
        SCENARIOS[key] = wanted, play
        if source:
            SOURCES[key] = source
        return play

    return register


def changing(wanted, source, xs=(2.0, 2.0, 2.0)):
    """Register a function that gives a loss, its parameter and a change: calls, the change, and another call."""

    def register(make):
        def play(compiled):
            loss, w, change = make()
            step = compiled(loss, [w])
            for x in xs:
                yield step(x)
            change()
            yield step(xs[-1])

        return scenario(wanted, make.__name__, source)(play)

    return register


def calling(wanted, source, xs=(1.0, 2.0, 0.5, 1.0, 3.0)):
    """Register a function that gives a loss and its parameter, which is called on these numbers."""

    def register(make):
        def play(compiled):
            loss, w = make()
            step = compiled(loss, [w])
            for x in xs:
                yield step(x)

        return scenario(wanted, make.__name__, source)(play)

    return register
