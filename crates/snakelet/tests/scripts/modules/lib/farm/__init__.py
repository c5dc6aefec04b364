"""A package whose module `tools` is imported by its submodules."""

from . import tools
from .tools import count

__all__ = ["count", "late"]
hidden = "not exported"


def late():
    from .barn import cow

    return cow.sound()
