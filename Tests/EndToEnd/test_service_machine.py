# SPDX-License-Identifier: MIT
"""Limits of the service that a container's host may not allow, on an emulated machine with its own kernel."""

import json
import re

import pytest

from harness import box, machine

LOOK = """
pid=$(systemctl show aes67d -p MainPID --value)
for second in $(seq 30); do [ -s /run/aes67/status.json ] && break; sleep 1; done
echo "--- limits"; cat /proc/$pid/limits
echo "--- status"; grep -E '^(Cap|VmLck)' /proc/$pid/status
echo "--- score"; cat /proc/$pid/oom_score_adj
echo "--- threads"; for task in /proc/$pid/task/*; do echo "$(cat $task/comm): $(chrt -p ${task##*/} | tr '\\n' ' ')"; done
echo "--- memory"; cat /sys/fs/cgroup/system.slice/aes67d.service/memory.max
echo "--- json"; cat /run/aes67/status.json
"""


@pytest.mark.long
def test_limits_of_the_unit(packages, tmp_path):
    """LimitRTPRIO, LimitMEMLOCK, OOMScoreAdjust and MemoryMax of the unit are in force, and the media threads have real-time priority."""
    try:
        said = machine.Machine().run(tmp_path, packages[0], LOOK)
    except box.CannotBoot as error:
        pytest.skip(f"NO EMULATED MACHINE HERE, LimitRTPRIO AND LimitMEMLOCK ARE UNTESTED: {error}")
    print(said)
    parts = dict(re.findall(r"^--- (\w+)\n(.*?)(?=^--- |\Z)", said + "\n", re.S | re.M))
    limits = {name: value for name, value in re.findall(r"^(Max .+?)\s{2,}(\S+)", parts["limits"], re.M)}
    assert (limits["Max realtime priority"], limits["Max locked memory"], limits["Max open files"]) == ("95", "unlimited", "4096"), limits
    assert parts["score"].strip() == "-500" and parts["memory"].strip() == str(1 << 30)
    assert "SYS_NICE" not in parts["status"] and re.search(r"CapAmb:\s+0000000000000400", parts["status"]), parts["status"]
    assert int(re.search(r"VmLck:\s+(\d+)", parts["status"])[1]) > 10_000, parts["status"]
    for thread in ("media-tx", "media-rx", "ptp"):
        assert re.search(rf"^{thread}: .*SCHED_FIFO", parts["threads"], re.M), parts["threads"]
    realtime = json.loads(parts["json"])["realTime"]
    assert realtime == {"mode": "fifo", "reason": ""}, realtime
