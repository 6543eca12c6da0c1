"""Pictures that go downwards, to the left or upwards: they are turned, placed from left to right, and turned back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..picture import Arrow, Box, Cluster
from .cells import FrameCell, Size, Sizes
from .routes import Point, Route

if TYPE_CHECKING:
    from .place import Placement, Rect

__all__ = ["Turn"]


class Turn:
    """A direction: whether width and height are swapped, and whether the direction is mirrored."""

    def __init__(self, direction: str) -> None:
        self.upright = direction in ("TB", "BT")
        self.mirrored = direction in ("RL", "BT")

    def sizes(self, sizes: Sizes) -> Sizes:
        """Return the sizes of things in the turned picture."""
        return _Turned(sizes) if self.upright else sizes

    def room_for(self, frame: FrameCell) -> tuple[float, float, float]:
        """Return the room that a title takes in the turned picture: above, before and after the frame's contents."""
        title = frame.title
        if frame.badge:
            title = max(title[0], frame.badge[1][0] + 2), max(title[1], frame.badge[1][1] + 2)
        if not self.upright:
            return title[1], 0.0, 0.0
        return (0.0, 0.0, title[0]) if self.mirrored else (0.0, title[0], 0.0)

    def length_of(self, frame: FrameCell) -> float:
        """Return the minimum width of a frame, so that its title fits."""
        return 0.0 if self.upright else frame.title[0] + (frame.badge[1][0] + 16 if frame.badge else 0)

    def depth_of(self, frame: FrameCell) -> float:
        """Return the minimum height of a frame in the turned picture, for a title that is written across."""
        return max(frame.title[1], frame.badge[1][1] if frame.badge else 0.0) if self.upright else 0.0

    def beside(self, frame: FrameCell) -> tuple[float, float]:
        """Return where the space beside a frame's title begins."""
        assert frame.badge is not None
        _, (width, height) = frame.badge
        if not self.upright:
            return frame.x + frame.width - width - 6, frame.y + 5
        return (frame.x + frame.width - width - 5 if self.mirrored else frame.x + 5), frame.y + frame.down - height - 6

    def turned(self, placement: Placement) -> Placement:
        """Turn the picture back to its own direction."""
        if not (self.upright or self.mirrored):
            return placement
        length = placement.width
        for rects in (placement.boxes, placement.operations, placement.frames):
            for thing, rect in rects.items():
                rects[thing] = self._rect(rect, length)  # type: ignore[index]
        for routes in (placement.stems, placement.arrows):
            for thing, route in routes.items():
                points = [self._point(point, length) for point in route.points]
                routes[thing] = Route(points, route.label and self._point(route.label, length))  # type: ignore[index]
        if self.upright:
            placement.width, placement.height = placement.height, placement.width
        return placement

    def _point(self, point: Point, length: float) -> Point:
        x, y = (length - point[0] if self.mirrored else point[0]), point[1]
        return (y, x) if self.upright else (x, y)

    def _rect(self, rect: Rect, length: float) -> Rect:
        x, y, width, height = rect
        x = length - x - width if self.mirrored else x
        return type(rect)(*((y, x, height, width) if self.upright else (x, y, width, height)))


class _Turned:
    """Sizes with width and height swapped."""

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes

    def box(self, box: Box) -> Size:
        return _exchanged(self._sizes.box(box))

    def operation(self, box: Box) -> Size:
        return _exchanged(self._sizes.operation(box))

    def words(self, arrow: Arrow) -> Size:
        return _exchanged(self._sizes.words(arrow))

    def title(self, cluster: Cluster) -> Size:
        return _exchanged(self._sizes.title(cluster))


def _exchanged(size: Size) -> Size:
    return size[1], size[0]
