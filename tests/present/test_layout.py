"""The layered layout."""

from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from graphc.present.layout import Layout, layout
from graphc.present.places import Place


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[tuple[float, float]], list[tuple[int, int]]]:
    count = draw(st.integers(1, 14))
    sizes = draw(st.lists(st.tuples(st.floats(20, 400), st.floats(15, 200)), min_size=count, max_size=count))
    pairs = list(combinations(range(count), 2))
    edges = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=24)) if pairs else []
    return sizes, edges


def overlap(a: Place, b: Place) -> bool:
    return a.left < b.right - 0.01 and b.left < a.right - 0.01 and a.top < b.bottom - 0.01 and b.top < a.bottom - 0.01


def laid_out(sizes: list[tuple[float, float]], edges: list[tuple[int, int]], tall: float = 1e9) -> Layout:
    return layout(sizes, edges, [(40.0, 15.0)] * len(edges), tall)


@given(graphs(), st.sampled_from([300.0, 1e9]))
@settings(max_examples=60, deadline=None)
def test_no_two_boxes_overlap(graph: tuple[list[tuple[float, float]], list[tuple[int, int]]], tall: float) -> None:
    found = laid_out(*graph, tall)
    for a, b in combinations(found.boxes, 2):
        assert not overlap(a, b)
    for place in found.boxes:
        assert place.left >= -0.01
        assert place.right <= found.width + 0.01
        assert place.bottom <= found.height + 0.01


@given(graphs())
@settings(max_examples=60, deadline=None)
def test_edges_go_down_from_box_to_box_and_through_no_other(
    graph: tuple[list[tuple[float, float]], list[tuple[int, int]]],
) -> None:
    sizes, edges = graph
    found = laid_out(sizes, edges)
    for (source, target), route in zip(edges, found.routes, strict=True):
        assert found.boxes[source].bottom == route.points[0][1]
        assert found.boxes[target].top == route.points[-1][1]
        assert all(before[1] <= after[1] + 0.01 for before, after in pairwise(route.points))
        for (x1, y1), (x2, y2) in pairwise(route.points):
            if x1 == x2:  # upright pieces are those that pass a level of boxes
                piece = Place(0.02, y2 - y1, x=x1, y=(y1 + y2) / 2)
                assert not any(
                    overlap(piece, box) for key, box in enumerate(found.boxes) if key not in (source, target)
                )


def test_a_line_of_boxes_stands_in_a_line() -> None:
    found = laid_out([(100, 40), (200, 40), (60, 40)], [(0, 1), (1, 2)])
    assert max(abs(a.x - b.x) for a, b in pairwise(found.boxes)) < 0.5
    assert all(abs(x1 - x2) < 0.5 for route in found.routes for (x1, _), (x2, _) in pairwise(route.points))


def test_a_long_edge_is_straight_beside_what_it_passes() -> None:
    found = laid_out([(120, 40)] * 4, [(0, 1), (1, 2), (2, 3), (0, 3)])
    inner = found.routes[3].points[1:-1]
    assert len({round(x, 3) for x, _ in inner}) == 1


def test_edges_that_need_not_cross_do_not() -> None:
    found = laid_out([(60, 30)] * 6, [(0, 4), (1, 3), (2, 5)])
    order = sorted(range(3), key=lambda key: found.boxes[key].x)
    below = sorted((3, 4, 5), key=lambda key: found.boxes[key].x)
    assert [{0: 4, 1: 3, 2: 5}[key] for key in order] == below


def test_a_tall_chain_goes_on_in_a_second_column() -> None:
    found = laid_out([(200, 100)] * 12, [(k, k + 1) for k in range(11)], tall=800)
    assert len({round(box.x) for box in found.boxes}) > 1
    assert sum(route.over for route in found.routes) >= 1
    assert found.height < 12 * 100
