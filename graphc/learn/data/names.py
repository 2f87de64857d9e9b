"""What data call their columns: whoever has learnt from them finds them again by these names, in whatever order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Names:
    """`features` are those of the columns that an example is made of, in their order; `targets` those of targets.

    There are none where the data have no names of their own.
    """

    features: tuple[str, ...] = ()
    targets: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.features)

    def json(self) -> dict[str, Any]:
        return {"features": list(self.features), "targets": dict(self.targets)}

    @classmethod
    def read(cls, known: Mapping[str, Any] | None) -> Names:
        """What `json` wrote; a run of an earlier version has none."""
        return cls(tuple(known["features"]), dict(known["targets"])) if known else NO_NAMES


NO_NAMES = Names()
