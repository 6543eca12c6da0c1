"""Pages that play: a graph to step through in a browser, and a training run as a film."""

from ..elsewhere import answer_calls
from .player import Player, save_player
from .player import play as player

__all__ = ["Player", "player", "save_player"]

answer_calls(__name__)
