# SPDX-License-Identifier: MIT
"""A switch: the third namespace's two interfaces as ports of a Linux bridge with IGMP snooping and a querier."""

from .network import wait_for

# Hundredths of seconds. They must be set before the querier starts, which otherwise floods for its ten default seconds.
QUICK = {"mcast_query_response_interval": 20, "mcast_query_interval": 100, "mcast_startup_query_interval": 20,
         "mcast_last_member_interval": 20, "mcast_membership_interval": 300}


class Switch:
    """Bridge br0 in a wired network's namespace `w`; port `left` leads to host a, `right` to host b."""

    def __init__(self, network, version=3, **intervals):
        self.host = network.w
        # The querier's own interface must be up and have an address, as a switch's management interface has.
        self.host.run("ip", "link", "add", "br0", "type", "bridge", "mcast_snooping", "1")
        for key, value in {**QUICK, **intervals}.items():
            self.host.run("ip", "link", "set", "br0", "type", "bridge", key, value)
        self.host.run("ip", "link", "set", "br0", "type", "bridge", "mcast_igmp_version", version)
        self.host.run("ip", "addr", "add", "10.67.0.254/24", "dev", "br0")
        for port in ("left", "right"):
            self.host.run("ip", "link", "set", port, "promisc", "off", "arp", "on")
            self.host.run("ip", "link", "set", port, "master", "br0")
        self.host.run("ip", "link", "set", "br0", "up")
        self.host.run("ip", "link", "set", "br0", "type", "bridge", "mcast_querier", "1")

    def members(self, group):
        """The ports that want the group."""
        lines = self.host.run("bridge", "mdb", "show", "dev", "br0").stdout.splitlines()
        words = [line.split() for line in lines if f" grp {group} " in f"{line} "]
        return {line[line.index("port") + 1] for line in words if "port" in line}

    def await_member(self, group, port, timeout=5.0):
        wait_for(lambda: port in self.members(group), f"{port} to want {group}", timeout)

    def forget(self, group, port):
        """As after a cable was moved: the switch does not know of the member any more."""
        self.host.run("bridge", "mdb", "del", "dev", "br0", "port", port, "grp", group)

    def version(self, number):
        """From now on the querier speaks that version of IGMP."""
        self.host.run("ip", "link", "set", "br0", "type", "bridge", "mcast_igmp_version", number)
