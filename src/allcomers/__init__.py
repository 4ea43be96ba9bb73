"""England's talking-therapies programme as one open system, in which every figure is asked of everyone who came."""

__version__ = "0.1.0"
