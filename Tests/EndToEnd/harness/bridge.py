# SPDX-License-Identifier: MIT
"""A switch with IGMP snooping and a querier: a Linux bridge whose ports are the two interfaces of the third namespace."""

from .network import wait_for

# In 1/100 s. They are set before the querier starts, because it would otherwise flood for its default of ten seconds.
QUICK = {"mcast_query_response_interval": 20, "mcast_query_interval": 100, "mcast_startup_query_interval": 20,
         "mcast_last_member_interval": 20, "mcast_membership_interval": 300}


class Switch:
    """Bridge br0 in a wired network's namespace `w`; port `left` leads to host a, port `right` to host b."""

    def __init__(self, network, version=3, **intervals):
        self.host = network.w
        # The bridge itself must be up and have an address, as a switch's management interface has.
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
        """Returns the ports that are members of the group."""
        lines = self.host.run("bridge", "mdb", "show", "dev", "br0").stdout.splitlines()
        words = [line.split() for line in lines if f" grp {group} " in f"{line} "]
        return {line[line.index("port") + 1] for line in words if "port" in line}

    def await_member(self, group, port, timeout=5.0):
        wait_for(lambda: port in self.members(group), f"{port} to be a member of {group}", timeout)

    def forget(self, group, port):
        """Removes a membership, as after a cable was moved."""
        self.host.run("bridge", "mdb", "del", "dev", "br0", "port", port, "grp", group)

    def version(self, number):
        """Sets the IGMP version of the querier."""
        self.host.run("ip", "link", "set", "br0", "type", "bridge", "mcast_igmp_version", number)
