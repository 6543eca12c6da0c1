"""What a test needs is found in its code, wherever the tests hide it."""

from __future__ import annotations

import subprocess
import threading

import needs
import pytest

from autograd.drawing import draw


def runs(command):
    return subprocess.run(command, check=False)


class Waits:
    def start(self):
        return threading.Thread(target=self)


def by_a_helper():
    runs([])


TABLE = {"one": [runs]}


def by_a_table():
    TABLE["one"][0]([])


def by_a_class():
    Waits().start()


def by_a_name_as_text():
    pytest.importorskip("pty")


def inside_a_function():
    def child():
        import os

        return os.fork()

    return child


def nothing():
    draw(1)  # it starts a process, unless a function is set


@pytest.mark.parametrize(
    ("test", "found"),
    [
        (by_a_helper, {"process"}),
        (by_a_table, {"process"}),
        (by_a_class, {"thread"}),
        (by_a_name_as_text, {"process"}),
        (inside_a_function, {"process"}),
        (nothing, set()),
    ],
)
def test_what_a_test_needs(test, found):
    assert set(needs.needs(test, set())) == found


@pytest.fixture
def folder():
    return subprocess


def test_a_fixture_counts_and_marks_are_what_pytest_selects_by(request, folder):
    assert [mark.name for mark in request.node.iter_markers()] == ["needs_process"]


@pytest.mark.parametrize("run", [runs])
def test_what_a_test_is_parametrized_with_counts(request, run):
    assert "needs_process" in [mark.name for mark in request.node.iter_markers()]
