"""The part of the tour in which a network learns: the spiral challenge, its boundary in characters and as a picture."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..language.errors import GraphcError

if TYPE_CHECKING:
    from ..learn.plots.plane import Plane
    from ..present.terminal import Line

MODEL, EPOCHS, RATE = "spiral", 120, 0.01
SAID = (
    f"Loss, gradient and Adam's update are one compiled program. In {EPOCHS} epochs a net with two hidden layers of "
    "five neurons learns 400 points on two arms of a spiral. Of 200 others it gets {right} right:"
)
LEGEND = "o, x: points of two classes that it has not seen; shaded: it says x."


@dataclass(frozen=True)
class Learnt:
    """What came of it; `picture` is a file, if one could be drawn, and `hint` says what to install if not."""

    right: float
    losses: list[float]
    plane: Plane
    picture: Path | None
    hint: str

    def json(self) -> dict[str, Any]:
        return {
            "model": MODEL,
            "data": MODEL,
            "epochs": len(self.losses),
            "accuracy": self.right,
            "losses": self.losses,
            "picture": None if self.picture is None else str(self.picture),
        }


def learn() -> Learnt:
    """Train the spiral from its start, with nothing prepared beforehand."""
    import graphc

    from ..learn.data.read import read
    from ..learn.model_data import feed_of
    from ..learn.plots.plane import plane_of
    from ..learn.plots.style import HOW_TO_GET_PLOTS, available

    data, model = read(MODEL), graphc.Model.from_net(MODEL)
    model.compile(graphc.Adam(RATE))
    history = model.fit(data, epochs=EPOCHS, verbose=False)
    scene = model.learner.scene(feed_of(model.learner, data))
    plane = plane_of(scene, scene.answers[0])
    assert plane is not None
    assert plane.right is not None
    picture, hint = (_drawn(model, data), "") if available() else (None, HOW_TO_GET_PLOTS)
    return Learnt(plane.right, history["loss"], plane, picture, hint)


def _drawn(model: Any, data: Any) -> Path | None:
    """The same as a picture, where a file may be written; the tour does not end where none may."""
    from tempfile import mkdtemp

    with contextlib.suppress(GraphcError, OSError):
        file = Path(mkdtemp(prefix="graphc-tour-")) / f"{MODEL}.png"
        model.plot(data)["boundary"].save(file)
        return file
    return None


def lines(learnt: Learnt, width: int) -> list[Line]:
    """The boundary, and where there is more of it."""
    from ..present.plane_text import plane_lines
    from ..present.terminal import Piece

    first, last = learnt.losses[0], learnt.losses[-1]
    found = [*plane_lines(learnt.plane, width), [], [Piece(LEGEND)]]
    found.append([Piece(f"The loss went from {first:.2f} to {last:.4f}.")])
    if learnt.picture is not None:
        found += [[Piece("The same as a picture:", "dim")], [Piece(str(learnt.picture), "dim")]]
    elif learnt.hint:
        found.append([Piece(f"The same as a picture: {learnt.hint}", "dim")])
    return found
