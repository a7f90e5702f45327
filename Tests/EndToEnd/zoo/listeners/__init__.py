# SPDX-License-Identifier: MIT
"""Receivers of other implementations, one a file.

Each finds the daemon's stream by SAP or SDP, and writes the audio to a file. A new file needs a `LISTENERS` list.
"""

import dataclasses
import importlib
import pkgutil
from typing import Callable

import numpy

from harness import pattern

SESSION = "zoo"  # the name of the daemon's stream


@dataclasses.dataclass(frozen=True)
class Listener:
    """One receiver: how it is started, and how its file is read."""

    name: str
    start: Callable     # (host, sdp: path of the daemon's SDP, sink: path) -> a process that writes the received audio
    form: str = ""      # ALSA's name of the sample format in the raw file; "" for a WAV file of floats
    exact: bool = True  # False if it resamples to its own clock

    def read(self, sink, channels):
        """Returns the samples, as `pattern.read` does or as floats."""
        if self.form:
            return pattern.read(sink, self.form, channels)
        data = sink.read_bytes()
        begin = data.index(b"data") + 8
        return numpy.frombuffer(data[begin:begin + (len(data) - begin) // (4 * channels) * 4 * channels], "<f4").reshape(-1, channels)


def listeners():
    """Returns all receivers, by module in alphabetical order."""
    modules = sorted(each.name for each in pkgutil.iter_modules(__path__))
    return [listener for name in modules for listener in importlib.import_module(f"{__name__}.{name}").LISTENERS]
