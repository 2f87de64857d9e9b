"""A class: many submissions at a time, of which none is graded twice and none can harm another's mark."""

from __future__ import annotations

from .grading import Stopped, grade_class, place
from .ledger import Ledger, LedgerError, usual_place
from .merging import merge
from .shards import Shard

__all__ = ["Ledger", "LedgerError", "Shard", "Stopped", "grade_class", "merge", "place", "usual_place"]
