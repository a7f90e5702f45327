// SPDX-License-Identifier: MIT
internal import LinuxIO

/// Checks whether this host's firewall accepts the packets that AES67 needs.
struct FirewallCheck {
  /// The interface that streams use.
  let interface: String
  /// UDP ports of the streams, with the RTCP port of each.
  var streamPorts: [Int] = [5004, 5005]
  /// The output of a program; nil if it is missing, or not permitted.
  var output: ([String]) -> String? = { Programs.output(of: $0) }

  /// The required packets, each with its purpose.
  private var needs: [(packet: Firewall.Packet, what: String)] {
    let streams = streamPorts.map { ($0, "RTP and RTCP") }
    let ports = [(319, "PTP"), (320, "PTP")] + streams + [(9875, "announcements (SAP)")]
    let igmp = Firewall.Packet(kind: .igmp, interface: interface)
    return ports.map {
      (Firewall.Packet(kind: .udp, port: $0.0, interface: interface), "UDP \($0.0), \($0.1)")
    } + [(igmp, "IGMP")]
  }

  var finding: Finding {
    let check = "firewall"
    var isRead = false
    var unknown: [String] = []
    if let firewall = output(["nft", "-j", "list", "ruleset"]).flatMap({ Firewall(nft: $0) }) {
      isRead = true
      if let finding = judge(firewall, fix: Self.nftFix, &unknown) { return finding }
    }
    if let text = output(["iptables-save", "-t", "filter"]) {
      isRead = true
      if let finding = judge(Firewall(iptables: text), fix: Self.iptablesFix, &unknown) {
        return finding
      }
    }
    guard isRead else {
      return .unknown(
        check, "run `sudo aes67 doctor`: only root may read the rules of the firewall")
    }
    guard unknown.isEmpty else {
      return .unknown(
        check, "it possibly drops \(unknown.joined(separator: "; ")): look at its rules")
    }
    return .ok(check, "accepts RTP, PTP, SAP and IGMP on \(interface)")
  }

  private func judge(
    _ firewall: Firewall, fix: (_ chain: String, _ ports: [Int], _ igmp: Bool) -> String,
    _ unknown: inout [String]
  ) -> Finding? {
    var dropped: [(packet: Firewall.Packet, what: String)] = []
    var chain = ""
    for need in needs {
      let (answer, place) = firewall.answer(to: need.packet)
      switch answer {
      case .accepted: break
      case .unknown: unknown.append(need.what)
      case .dropped:
        dropped.append(need)
        chain = place
      }
    }
    guard !dropped.isEmpty else { return nil }
    let ports = dropped.filter { $0.packet.kind == .udp }.map(\.packet.port)
    return .fail(
      "firewall",
      "the chain \(chain) drops what comes in on \(interface): "
        + dropped.map(\.what).joined(separator: "; "),
      fix: fix(chain, ports, dropped.contains { $0.packet.kind == .igmp }))
  }

  private static func nftFix(_ chain: String, _ ports: [Int], _ igmp: Bool) -> String {
    let list = ports.map(String.init).joined(separator: ", ")
    let udp = ports.isEmpty ? nil : "nft insert rule \(chain) udp dport '{ \(list) }' accept"
    return [udp, igmp ? "nft insert rule \(chain) ip protocol igmp accept" : nil]
      .compactMap(\.self).joined(separator: " && ")
  }

  private static func iptablesFix(_ chain: String, _ ports: [Int], _ igmp: Bool) -> String {
    let list = ports.map(String.init).joined(separator: ",")
    let udp =
      ports.isEmpty ? nil : "iptables -I \(chain) -p udp -m multiport --dports \(list) -j ACCEPT"
    return [udp, igmp ? "iptables -I \(chain) -p igmp -j ACCEPT" : nil]
      .compactMap(\.self).joined(separator: " && ")
  }
}
