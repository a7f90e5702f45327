# SPDX-License-Identifier: MIT
"""Kernel counters of one thread, read together at one instant: perf_event_open(2) on tracepoints.

Counting neither stops nor samples the thread. A group is read as a whole, so that calls and packets belong to the same rounds.
"""

import ctypes
import errno
import fcntl
import os
import pathlib
import platform
import struct

TRACING = pathlib.Path("/sys/kernel/tracing")
PERF_EVENT_OPEN = {"x86_64": 298, "aarch64": 241}
SOFTWARE, TRACEPOINT = 1, 2  # PERF_TYPE_*
SOFTWARE_EVENTS = {"page-faults": 2}  # PERF_COUNT_SW_*
GROUP = 8  # PERF_FORMAT_GROUP
CLOSE_ON_EXEC = 8  # PERF_FLAG_FD_CLOEXEC
SET_FILTER = 0x40082406  # PERF_EVENT_IOC_SET_FILTER
ATTRIBUTE_BYTES = 112  # PERF_ATTR_SIZE_VER5
SLEEPS = "prev_state == 1"  # TASK_INTERRUPTIBLE; a preempted thread stays runnable

# Events of a thread: a kernel counter or a tracepoint in its context, and a filter.
PAGE_FAULTS = ("page-faults", None)
SYSTEM_CALLS = ("raw_syscalls/sys_enter", None)
WAKE_UPS = ("sched/sched_switch", SLEEPS)
SWITCHES = ("sched/sched_switch", None)
SENT = ("net/net_dev_queue", None)


class CannotCount(Exception):
    """This machine or user cannot read these counters."""


def call(name):
    return (f"syscalls/sys_enter_{name}", None)


def tracepoint(name):
    try:
        return int((TRACING / "events" / name / "id").read_text())
    except OSError as error:
        raise CannotCount(f"tracepoint {name}: {error.strerror}; mount -t tracefs none {TRACING}") from None


class ThreadCounters:
    """Counts `events` of a thread from now on."""

    def __init__(self, thread, events):
        self.descriptors = []
        for name, condition in events:
            software = SOFTWARE_EVENTS.get(name)
            descriptor = self._open(thread, *((TRACEPOINT, tracepoint(name)) if software is None else (SOFTWARE, software)))
            if condition:
                fcntl.ioctl(descriptor, SET_FILTER, condition.encode() + b"\0")

    def _open(self, thread, kind, config):
        attribute = struct.pack("<IIQQQQ", kind, ATTRIBUTE_BYTES, config, 0, 0, GROUP).ljust(ATTRIBUTE_BYTES, b"\0")
        leader = self.descriptors[0] if self.descriptors else -1
        number = PERF_EVENT_OPEN.get(platform.machine())
        if number is None:
            raise CannotCount(f"perf_event_open on {platform.machine()} is not known")
        descriptor = ctypes.CDLL(None, use_errno=True).syscall(number, attribute, thread, -1, leader, CLOSE_ON_EXEC)
        if descriptor < 0:
            code = ctypes.get_errno()
            raise CannotCount(f"perf_event_open: {os.strerror(code)}" + ("; it needs root" if code in (errno.EACCES, errno.EPERM) else ""))
        self.descriptors.append(descriptor)
        return descriptor

    def read(self):
        """Returns all counts since the start, in the order of the events, read at one instant."""
        count = len(self.descriptors)
        return struct.unpack(f"<{count + 1}Q", os.read(self.descriptors[0], 8 * (count + 1)))[1:]

    def close(self):
        for descriptor in self.descriptors:
            os.close(descriptor)
