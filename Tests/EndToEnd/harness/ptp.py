# SPDX-License-Identifier: MIT
"""ptp4l, pmc and daemons as PTP clocks. ptp4l never steers the machine's clock: free_running."""

import re
import statistics

from . import daemon as daemons

R16 = {"profile": "r16"}  # with short intervals: an election takes four seconds
FAST = {"profile": "st2059-2", "domain": 0}  # with shorter intervals: an election takes one second
FAST_PEER = {"logAnnounceInterval": -2, "logSyncInterval": -3, "logMinDelayReqInterval": -3}


def ptp4l(host, name="ptp4l", interfaces=("net0",), env=None, **options):
    values = {"free_running": 1, "uds_address": host.path(name), "logAnnounceInterval": 0, "logSyncInterval": -3,
              "logMinDelayReqInterval": -3, **options}
    file = host.path(f"{name}.conf")
    file.write_text("[global]\n" + "".join(f"{key} {value}\n" for key, value in values.items()))
    ports = [word for interface in interfaces for word in ("-i", interface)]
    return host.spawn("ptp4l", "-S", *ports, "-f", file, "-m", name=name, env=env)


def identity(host, interface="net0"):
    """Returns the clock identity derived from the Ethernet address (MSG-04)."""
    address = re.search(r"link/ether (\S+)", host.run("ip", "link", "show", interface).stdout)[1].upper().split(":")
    return "-".join(address[:3] + ["FF", "FE"] + address[3:])


def daemon(host, install, number=1, profile=R16, **ptp):
    configuration = daemons.configuration(host=number, ptp={**profile, **ptp})
    return daemons.Daemon(host, install, configuration).start()


def locked(status):
    return status["ptp"] is not None and status["ptp"]["locked"]


def middle(look, daemon, count=9):
    """Returns the median of `look` over this many statuses, so that a single stall does not count."""
    return statistics.median(look(daemon.fresh_status()) for _ in range(count))


def pmc(host, request, *options):
    return host.run("pmc", "-b", "1", *options, request, timeout=15).stdout


def pmc_local(host, request, name="ptp4l"):
    """Sends a management request to a ptp4l of this host through its local socket, which also allows changes."""
    return pmc(host, request, "-u", "-s", host.path(name), "-i", host.path("pmc"))
