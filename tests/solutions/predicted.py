"""What learners hand in for predicted(y, slope, dx)."""

import math


def right_1(y, slope, dx):
    return y + slope * dx


def right_2(y, slope, dx):
    rise = dx * slope
    y += rise
    return y


def right_3(y, slope, dx):
    return math.fsum([y, slope * dx])


def right_4(y, slope, dx):
    def tangent(at):
        return slope * at + y

    return tangent(dx)


def right_5(y, slope, dx):
    return sum(a * b for a, b in zip((1.0, slope), (y, dx), strict=True))


right_6 = lambda y, slope, dx: -(-y - slope * dx)


def wrong_1(y, slope, dx):
    """The change is subtracted."""
    return y - slope * dx


def wrong_2(y, slope, dx):
    """dx is left out: the change is for one whole unit."""
    return y + slope


def wrong_3(y, slope, dx):
    """Only the change is returned, without y."""
    return slope * dx


def wrong_4(y, slope, dx):
    """The slope is divided by dx."""
    return y + slope / dx


def wrong_5(y, slope, dx):
    """The slope is left out."""
    return y + dx


def wrong_6(y, slope, dx):
    """Parentheses: y is multiplied too."""
    return (y + slope) * dx


def wrong_7(y, slope, dx):
    """y is multiplied by the change."""
    return y * slope * dx


def wrong_8(y, slope, dx):
    """The size of dx is used, so that a step to the left goes up too."""
    return y + slope * abs(dx)


def wrong_9(y, slope, dx):
    """The result is rounded."""
    return round(y + slope * dx)


def wrong_10(y, slope, dx):
    """Half of the change, as in the area of a triangle."""
    return y + slope * dx / 2


def wrong_11(y, slope, dx):
    """dx is divided by the slope."""
    return y + dx / slope


def wrong_12(y, slope, dx):
    """The change is added to the slope."""
    return slope + y * dx
