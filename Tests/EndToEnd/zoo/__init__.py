# SPDX-License-Identifier: MIT
"""Other people's senders, one a file: what the field really sends. A new one is a new file with a `SENDERS` list."""

import dataclasses
import importlib
import pkgutil
from typing import Callable


@dataclasses.dataclass(frozen=True)
class Sender:
    """One way of sending: how it is started, and how it is received."""

    name: str
    bits: int           # of the samples that survive: 16 or 24
    receiver: Callable  # (host that sends) -> the receiver's keys: address and format, or the session's name, or a file
    start: Callable     # (host, samples) -> a process that plays the samples once, at their own speed
    burst_ms: float     # how much it sends at once
    long: bool = False  # heard in the long run alone: another way to find what is heard in each


def senders():
    """All of them, the modules in alphabetical order."""
    modules = sorted(each.name for each in pkgutil.iter_modules(__path__) if not each.ispkg)
    return [sender for name in modules for sender in importlib.import_module(f"{__name__}.{name}").SENDERS]
