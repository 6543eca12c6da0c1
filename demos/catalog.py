"""What there is to run: one entry per demo, with the question it answers."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["BACKENDS", "DEMOS", "Demo", "find", "nearest"]

BACKENDS = ("auto", "python", "c", "eager")  # those of compile(), and without it


class Demo(NamedTuple):
    """A demo: demos/NAME.py. `number` is its place in the list of questions the project grew from, 0 if it has none.
    `backends`: whether it trains a compiled step, and takes --backend.
    """

    name: str
    question: str
    number: int = 0
    russian: str = ""
    backends: bool = False


DEMOS = (
    Demo("iris", "Can a network of 67 parameters tell three flowers apart? Fisher's 150 irises"),
    Demo("moons", "How does a network bend a line? Two half moons, told apart by 337 parameters"),
    Demo(
        "attention",
        "How does attention use the dot product?",
        51,
        "Как скалярное произведение используется в Attention механизмах?",
    ),
    Demo(
        "layer",
        "How does matrix multiplication work in a layer?",
        52,
        "Как работает матричное умножение в слое нейросети?",
    ),
    Demo("gradient", "How is the gradient of the loss computed?", 53, "Как вычисляется градиент функции потерь?"),
    Demo(
        "descent",
        "How does gradient descent work, mathematically?",
        54,
        "Как работает градиентный спуск с точки зрения математики?",
    ),
    Demo(
        "nudge", "Why do derivatives matter for backpropagation?", 55, "Почему производные важны для backpropagation?"
    ),
    Demo(
        "transform",
        "How do weight matrices transform data in a linear model?",
        56,
        "Как матрицы весов трансформируют данные в линейной модели?",
    ),
    Demo("digits", "Can a network of 2,410 parameters read? 1,797 digits written by hand", backends=True),
    Demo("gpt", "How does a GPT invent names? One layer of attention, letter by letter", backends=True),
    Demo("bench", "How fast is it? Measured against micrograd, PyTorch and JAX, where they are installed"),
)


def find(text: str) -> Demo | None:
    """The demo of that name, or of that question's number."""
    return next((demo for demo in DEMOS if text in (demo.name, str(demo.number or demo.name))), None)


def nearest(text: str) -> str:
    """What was probably meant by an unknown name."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(text.lower(), [*(demo.name for demo in DEMOS), "all"], 1, 0.5)), "")
