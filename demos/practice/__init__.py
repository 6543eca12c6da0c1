"""Practice: predictions that learners make before a number is shown, and an endless quiz."""

from autograd.frames import ours

from . import questions
from .code import decode
from .predictions import QUESTIONS, Question, predict, question, questions_of
from .quizzes import Quiz, quiz

__all__ = ["QUESTIONS", "Question", "Quiz", "decode", "predict", "question", "questions", "questions_of", "quiz"]

ours()  # a graph in a quiz has the names of the caller's variables
