# SPDX-License-Identifier: MIT
"""Other people's receivers, one a file: each finds our stream by SAP or by our SDP, and writes what it hears into a file. A new one
is a new file with a `LISTENERS` list."""

import dataclasses
import importlib
import pkgutil
from typing import Callable

import numpy

from harness import pattern

SESSION = "zoo"  # the name of our stream


@dataclasses.dataclass(frozen=True)
class Listener:
    """One way of receiving: how it is started, and how its file is read."""

    name: str
    start: Callable     # (host, sdp: path of our description, sink: path) -> a process that writes what it hears
    form: str = ""      # of the samples in its raw file, in the words of ALSA; "" for a WAV file of floats
    exact: bool = True  # false for who resamples to a clock of its own

    def read(self, sink, channels):
        """The samples: as `pattern.read` returns them, or as floats."""
        if self.form:
            return pattern.read(sink, self.form, channels)
        data = sink.read_bytes()
        begin = data.index(b"data") + 8
        return numpy.frombuffer(data[begin:begin + (len(data) - begin) // (4 * channels) * 4 * channels], "<f4").reshape(-1, channels)


def listeners():
    """All of them, the modules in alphabetical order."""
    modules = sorted(each.name for each in pkgutil.iter_modules(__path__))
    return [listener for name in modules for listener in importlib.import_module(f"{__name__}.{name}").LISTENERS]
