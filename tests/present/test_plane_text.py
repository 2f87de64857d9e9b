"""A boundary in characters."""

from __future__ import annotations

import numpy as np
import pytest

from graphc.learn.plots.plane import Plane
from graphc.present.plane_text import plane_lines


def plane(held_out: tuple[np.ndarray, np.ndarray] | None) -> Plane:
    """The second class is where the first coordinate is positive."""
    axis = np.linspace(-1, 1, 41)
    said = np.tile(axis > 0, (41, 1)).astype(float)
    learnt = np.array([[-1.0, -1.0]]), np.array([0])
    return Plane(axis, axis, said, learnt, held_out, None, "held out", ["x", "y"], "t")


def drawn(found: Plane, width: int) -> list[str]:
    return ["".join(piece.text for piece in line) for line in plane_lines(found, width)]


def test_the_ground_is_shaded_where_the_second_class_is_said_and_points_stand_in_their_places():
    corners = np.array([[1.0, 1.0], [-1.0, 1.0], [1.0, -1.0]]), np.array([1, 0, 0])
    assert drawn(plane(corners), 8) == [
        "┌────────┐",
        "│o   ░░░x│",
        "│    ░░░░│",
        "│    ░░░░│",
        "│    ░░░o│",
        "└────────┘",
    ]


def test_without_a_part_held_out_the_points_are_those_learnt_from():
    assert drawn(plane(None), 8)[-2] == "│o   ░░░░│"


@pytest.mark.parametrize("width", [8, 30, 56])
def test_every_line_is_as_wide_as_the_frame(width):
    assert {len(line) for line in drawn(plane(None), width)} == {width + 2}


def test_of_several_points_in_one_place_the_class_of_most_is_shown():
    points = np.zeros((3, 2)), np.array([0, 1, 1])
    assert sum(line.count("x") for line in drawn(plane(points), 9)) == 1
