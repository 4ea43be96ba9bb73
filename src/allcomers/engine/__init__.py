"""Where queries run. Nothing outside this package imports DuckDB."""

from allcomers.engine.duck import Session
from allcomers.engine.sources import Fault, Files, Relation

__all__ = ["Fault", "Files", "Relation", "Session"]
