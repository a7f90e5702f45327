# SPDX-License-Identifier: MIT
"""The faults of scripts/soak.sh.

Each function takes the soak and its random generator, and returns after the fault. Dropouts are attributed to it until `RECOVERY` seconds
later.
"""

import signal
import time

from .control import Control
from .network import INTERFACE, sh

RECOVERY = {"grandmaster change": 8, "link flap": 8, "daemon restart": 6, "daemon killed": 6, "player restart": 4, "recorder restart": 4,
            "profile switch": 8}


def patch(host, settings):
    answer = Control(host.daemon).ask("PATCH", "/v1/configuration", {"settings": settings})
    assert answer.status == 200, f"{settings}: {answer.status} {answer.text}"


def grandmaster_change(soak, _):
    """The priority of host a changes, so that the other host becomes grandmaster, or host a again."""
    soak.leads = not soak.leads
    patch(soak.hosts[0], {"ptp.priority1": "100" if soak.leads else "200"})


def link_flap(soak, chance):
    """The link of one host is down for up to two seconds."""
    host = chance.choice(soak.hosts)
    sh("ip", "-n", host.namespace, "link", "set", INTERFACE, "down")
    time.sleep(chance.uniform(0.1, 2))
    sh("ip", "-n", host.namespace, "link", "set", INTERFACE, "up")
    sh("ip", "-n", host.namespace, "route", "replace", "239.0.0.0/8", "dev", INTERFACE)


def daemon_restart(soak, chance):
    """A daemon is stopped and started, as by `systemctl restart`."""
    host = chance.choice(soak.hosts)
    host.daemon.stop()
    host.daemon.start()


def daemon_killed(soak, chance):
    """A daemon is killed, and started 200 ms later."""
    host = chance.choice(soak.hosts)
    host.daemon.kill()
    time.sleep(0.2)
    host.daemon.start()


def player_restart(soak, chance):
    """A player is killed, and another one is started."""
    chance.choice(soak.players).restart(signal.SIGKILL)


def recorder_restart(soak, chance):
    """A recorder ends, and another one is started."""
    chance.choice(soak.recorders).restart(signal.SIGTERM)


def profile_switch(soak, chance):
    """Another profile for some seconds: settings of PTP and network, among others, change during playback."""
    host = chance.choice(soak.hosts)
    patch(host, {"profile": "low-latency"})
    time.sleep(chance.uniform(3, 6))
    patch(host, {"profile": "interop"})


FAULTS = {"grandmaster change": grandmaster_change, "link flap": link_flap, "daemon restart": daemon_restart, "daemon killed": daemon_killed,
          "player restart": player_restart, "recorder restart": recorder_restart, "profile switch": profile_switch}
