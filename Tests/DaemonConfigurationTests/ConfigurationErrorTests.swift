// SPDX-License-Identifier: MIT
import Testing

@testable import DaemonConfiguration

/// The messages about an invalid configuration file. Each test has the text of the file and every line of the
/// message.
@Suite struct ConfigurationErrorTests {
  private func expect(
    _ text: String, _ errors: String, at location: SourceLocation = #_sourceLocation
  ) {
    do {
      _ = try read(text)
      Issue.record("accepted", sourceLocation: location)
    } catch {
      #expect(error.description == errors, sourceLocation: location)
    }
  }

  @Test(arguments: [
    (
      "lay-out: {}",
      "1:1: lay-out: unknown key; allowed: profile, layout, network, streams, ptp,"
        + " clock, real-time, device, control, alarms, log, senders, receivers"
    ),
    (
      "senders:\n  - address: 239.69.7.1\n    chanels: 8",
      "3:5: senders[0].chanels: unknown key; allowed: name, address, port, channels,"
        + " first-channel, packet-time, payload-type, ttl, dscp, enabled,"
        + " channel-names"
    ),
    (
      "network: 5",
      "1:10: network: expected keys below it: interface, port, ttl, dscp, loopback, sap-groups"
    ),
    (
      "- network",
      "1:1: expected keys below it: profile, layout, network, streams, ptp,"
        + " clock, real-time, device, control, alarms, log, senders, receivers"
    ),
    ("senders: 5", "1:10: senders: expected a list: lines that start with \"- \"; [] for none"),
    ("network:\n  port: [1]", "2:9: network.port: expected 1 to 65535, not a list"),
    ("network:\n  port:", "2:8: network.port: has no value; expected 1 to 65535"),
    ("network: {}\nnetwork: {}", "2:1: network: appears twice; keep one of them"),
    ("network: {", "2:1: not YAML: did not find expected node content"),
  ])
  func form(text: String, error: String) {
    expect(text, "aes67d.yaml:" + error)
  }

  @Test(arguments: [
    ("network: { port: 65536 }", "18: network.port: \"65536\" is not allowed; expected 1 to 65535"),
    ("network: { port: 0x10 }", "18: network.port: \"0x10\" is not allowed; expected 1 to 65535"),
    ("network: { ttl: 0 }", "17: network.ttl: \"0\" is not allowed; expected 1 to 255"),
    ("network: { dscp: 64 }", "18: network.dscp: \"64\" is not allowed; expected 0 to 63"),
    (
      "network: { loopback: yes }",
      "22: network.loopback: \"yes\" is not allowed; expected true or false"
    ),
    (
      "network: { interface: a-name-too-long-to-be }",
      "23: network.interface: \"a-name-too-long-to-be\" is not allowed; expected auto or a name"
        + " such as eth0"
    ),
    (
      "streams: { packet-time: 2ms }",
      "25: streams.packet-time: \"2ms\" is not allowed; expected one of 125us, 250us, 333us, 1ms,"
        + " 4ms"
    ),
    (
      "streams: { link-offset: 3 }",
      "25: streams.link-offset: \"3\" is not allowed; expected auto or a time such as 250us or"
        + " 1.5ms"
    ),
    (
      "streams: { max-lateness: 0ms }",
      "26: streams.max-lateness: \"0ms\" is not allowed; expected a time from 1ms to 100ms"
    ),
    (
      "log: { level: loud }",
      "15: log.level: \"loud\" is not allowed; expected one of trace, debug, info, notice, warning,"
        + " error"
    ),
    (
      "real-time: { priority: 99 }",
      "24: real-time.priority: \"99\" is not allowed; expected 0 to 98"
    ),
    (
      "device: { minimum-period: 8 }",
      "27: device.minimum-period: \"8\" is not allowed; expected 16 to 4096 frames"
    ),
    (
      "layout: { base: 10.0.0.0 }",
      "17: layout.base: \"10.0.0.0\" is not allowed; expected a multicast address that ends in .0.0,"
        + " such as 239.69.0.0"
    ),
    (
      "layout: { host: 255 }",
      "17: layout.host: \"255\" is not allowed; expected 1 to 254 or auto"
    ),
    (
      "layout: { host: 1, remote-host: 1 }",
      "33: layout.remote-host: 1 is this host, which receives its own streams only with"
        + " network.loopback: true"
    ),
    (
      "layout: { streams: 9 }",
      "20: layout.streams: 9 streams of 8 channels need 72 device channels; there are 64"
    ),
  ])
  func values(text: String, error: String) {
    expect(text, "aes67d.yaml:1:" + error)
  }

  @Test(arguments: [
    (
      "senders: [{ address: 239.1.1.1, first-channel: 58 }]",
      "48: senders[0].first-channel: 8 channels from 58 reach channel 65; the device has 64"
    ),
    (
      "senders: [{ address: 239.1.1.1, channels: 11 }]",
      "43: senders[0].channels: 11 channels of 1ms make a payload of 1584 bytes; 1440 fit: at most"
        + " 10 channels at this packet time"
    ),
    (
      "senders: [{ address: 239.1.1.1, channels: 41, packet-time: 250us }]",
      "43: senders[0].channels: 41 channels of 250us make a payload of 1476 bytes; 1440 fit: at"
        + " most 40 channels at this packet time"
    ),
    (
      "senders: [{ name: A, address: 239.1.1.1 }, { name: B, address: 239.1.1.1 }]",
      "64: senders[1].address: sender \"A\" already sends to 239.1.1.1:5004; receivers could not tell"
        + " the two apart"
    ),
    (
      "senders: [{ name: A }]",
      "11: senders[0].address: is missing; expected a multicast group, the address of one host, or auto"
    ),
    (
      "senders: [{ address: 255.255.255.255 }]",
      "22: senders[0].address: \"255.255.255.255\" is not allowed; expected a multicast group such as"
        + " 239.69.1.1, or the IPv4 address of one host or auto"
    ),
    (
      "senders: [{ address: mixer.local }]",
      "22: senders[0].address: \"mixer.local\" is not allowed; expected a multicast group such as"
        + " 239.69.1.1, or the IPv4 address of one host or auto"
    ),
    (
      "receivers: [{ address: 239.1.1.1, link-offset: 1.2ms }]",
      "48: receivers[0].link-offset: 1200us is less than a packet of 1ms and the 250us that"
        + " network and threads need; 1250us to 200ms"
    ),
    (
      "streams: { packet-time: 125us, link-offset: 249us }",
      "45: streams.link-offset: 249us is less than a packet of 125us and the 125us that"
        + " network and threads need; 250us to 200ms"
    ),
    (
      "receivers: [{ address: 239.1.1.1, link-offset: 201ms }]",
      "48: receivers[0].link-offset: 201ms is more than the buffer holds; 1250us to 200ms"
    ),
    (
      "receivers: [{ name: A, address: 239.1.1.1 }, { address: 239.1.1.2, first-channel: 8 }]",
      "83: receivers[1].first-channel: receiver \"A\" already fills device channel 8"
    ),
    (
      "receivers: [{ session: Stage, address: 239.1.1.1 }]",
      "40: receivers[0].address: is given by session already; leave it out"
    ),
    (
      "receivers: [{ sdp: /nowhere/stage.sdp }]",
      "20: receivers[0].sdp: /nowhere/stage.sdp cannot be read"
    ),
    (
      "receivers: [{ address: 239.1.1.1, encoding: L20 }]",
      "45: receivers[0].encoding: \"L20\" is not allowed; expected one of L24, L16"
    ),
    (
      "receivers: [{ address: 239.1.1.1, source: 239.1.1.2 }]",
      "43: receivers[0].source: \"239.1.1.2\" is not allowed; expected the IPv4 address of one host or any"
    ),
    (
      "layout: { channels: 11, streams: 2 }",
      "21: layout.channels: 11 channels of 1ms make a payload of 1584 bytes; 1440 fit: at most 10"
        + " channels at this packet time"
    ),
  ])
  func streams(text: String, error: String) {
    expect(text, "aes67d.yaml:1:" + error)
  }

  @Test(arguments: [
    (
      "clock: { source: tai }",
      "18: clock.source: \"tai\" is not allowed; expected ptp, system-tai or phc: and a path such as"
        + " phc:/dev/ptp0"
    ),
    (
      "{ ptp: { mode: slave }, clock: { source: system-tai } }",
      "16: ptp.mode: \"slave\" is not allowed; expected off, because clock.source is system-tai, and"
        + " only one clock can be followed"
    ),
    (
      "clock: { source: \"phc:/dev/ptp1\", rate-divisor: 20 }",
      "18: clock.source: phc:/dev/ptp1 cannot be slowed or anchored; leave those keys out"
    ),
  ])
  func clocks(text: String, error: String) {
    expect(text, "aes67d.yaml:1:" + error)
  }

  @Test func everyProblemIsReported() {
    expect(
      """
      network:
        ttl: 0
        speed: 1
      log:
        level: 3
      """,
      """
      aes67d.yaml:2:8: network.ttl: "0" is not allowed; expected 1 to 255
      aes67d.yaml:3:3: network.speed: unknown key; allowed: interface, port, ttl, dscp, loopback, sap-groups
      aes67d.yaml:5:10: log.level: "3" is not allowed; expected one of trace, debug, info, notice, \
      warning, error
      """)
  }
}
