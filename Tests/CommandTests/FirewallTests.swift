// SPDX-License-Identifier: MIT
import Testing

@testable import aes67

/// The verdict of iptables' rules on a packet.
@Suite struct FirewallTests {
  private func answer(_ rule: String, port: Int = 5004) -> Firewall.Answer {
    let firewall = Firewall(iptables: "*filter\n:INPUT ACCEPT [0:0]\n\(rule)\nCOMMIT\n")
    return firewall.answer(to: .init(kind: .udp, port: port, interface: "eth0")).answer
  }

  /// iptables-save writes `!` before the option that it negates.
  @Test(
    arguments: [
      ("-A INPUT -i eth0 -j DROP", .dropped),
      ("-A INPUT ! -i lo -j DROP", .dropped),
      ("-A INPUT ! -i eth+ -j DROP", .accepted),
      ("-A INPUT -p udp -m udp ! --dport 5353 -j DROP", .dropped),
      ("-A INPUT -p udp -m multiport ! --dports 319,5004 -j DROP", .accepted),
      ("-A INPUT ! -p tcp -j REJECT --reject-with icmp-port-unreachable", .dropped),
      ("-A INPUT -m conntrack ! --ctstate RELATED,ESTABLISHED -j DROP", .dropped),
      ("-A INPUT ! -i lo -d 127.0.0.0/8 -j REJECT --reject-with icmp-port-unreachable", .accepted),
    ] as [(String, Firewall.Answer)])
  func aNegatedConditionIsUnderstood(_ rule: String, _ expected: Firewall.Answer) {
    #expect(answer(rule) == expected)
  }
}
