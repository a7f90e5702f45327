# SPDX-License-Identifier: MIT
"""What scripts/soak.sh lets go wrong, one after another. Each takes the soak and its chance, and returns when it is over; what it costs
is heard, and belongs to it until `RECOVERY` seconds later."""

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
    """The host that leads steps back, or forward again: the other takes over with its time."""
    soak.leads = not soak.leads
    patch(soak.hosts[0], {"ptp.priority1": "100" if soak.leads else "200"})


def link_flap(soak, chance):
    """The cable of one host is out for up to two seconds."""
    host = chance.choice(soak.hosts)
    sh("ip", "-n", host.namespace, "link", "set", INTERFACE, "down")
    time.sleep(chance.uniform(0.1, 2))
    sh("ip", "-n", host.namespace, "link", "set", INTERFACE, "up")
    sh("ip", "-n", host.namespace, "route", "replace", "239.0.0.0/8", "dev", INTERFACE)


def daemon_restart(soak, chance):
    """systemctl restart."""
    host = chance.choice(soak.hosts)
    host.daemon.stop()
    host.daemon.start()


def daemon_killed(soak, chance):
    """It dies, and is started anew 200 ms later."""
    host = chance.choice(soak.hosts)
    host.daemon.kill()
    time.sleep(0.2)
    host.daemon.start()


def player_restart(soak, chance):
    """The program that plays is killed, and another begins."""
    chance.choice(soak.players).restart(signal.SIGKILL)


def recorder_restart(soak, chance):
    """The program that records ends, and another begins."""
    chance.choice(soak.recorders).restart(signal.SIGTERM)


def profile_switch(soak, chance):
    """Another profile for some seconds: PTP's intervals, markings and others change while everything runs."""
    host = chance.choice(soak.hosts)
    patch(host, {"profile": "low-latency"})
    time.sleep(chance.uniform(3, 6))
    patch(host, {"profile": "interop"})


FAULTS = {"grandmaster change": grandmaster_change, "link flap": link_flap, "daemon restart": daemon_restart, "daemon killed": daemon_killed,
          "player restart": player_restart, "recorder restart": recorder_restart, "profile switch": profile_switch}
