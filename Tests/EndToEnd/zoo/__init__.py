# SPDX-License-Identifier: MIT
"""Senders of other implementations, one a file, as they are found in the field. A new file needs a `SENDERS` list."""

import dataclasses
import importlib
import pkgutil
from typing import Callable


@dataclasses.dataclass(frozen=True)
class Sender:
    """One sender: how it is started and received."""

    name: str
    bits: int           # of the samples that are sent: 16 or 24
    receiver: Callable  # (sending host) -> the receiver's keys: address and format, or the session's name, or a file
    start: Callable     # (host, samples) -> a process that plays the samples once in real time
    burst_ms: float     # duration of the audio that is sent at once
    long: bool = False  # only in long tests, because it differs from another sender only in how the receiver finds it


def senders():
    """Returns all senders, by module in alphabetical order."""
    modules = sorted(each.name for each in pkgutil.iter_modules(__path__) if not each.ispkg)
    return [sender for name in modules for sender in importlib.import_module(f"{__name__}.{name}").SENDERS]
