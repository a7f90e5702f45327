// SPDX-License-Identifier: MIT
import Addressing
import DaemonConfiguration
import ParsedConfiguration
import Session
import Testing

@testable import Discovery

/// Lists of device channels in announced and received sessions (AES-13).
@Suite struct ChannelMapSessionTests {
  @Test func unnamedChannelsAreNamedByTheDevice() throws {
    let sender = try Configuration(
      parsing: "senders: [{ address: 239.69.7.1, channels: [17, none, 17, 2] }]", file: "test"
    ).senders[0]
    let surroundings = OwnSessions.Surroundings(
      address: .any, ethernetAddress: nil, grandmaster: nil, timeToLive: 32)
    let description = OwnSessions.description(of: sender, identifier: 1, in: surroundings)
    #expect(description.text.contains("i=4 channels: CH17, , CH17, CH2\r\n"))
  }

  @Test func aSessionWithFewerChannelsTakesTheFirstOfTheList() throws {
    let requested = try Configuration(
      parsing: "receivers: [{ session: Stage, channels: [5, 1, 9] }]", file: "test"
    ).receivers[0]
    var stream = StreamDescription(
      name: "Stage", origin: HostAddress(.any),
      address: HostAddress(IPv4Address(bits: 0xEF45_0101)), port: 5004,
      payloadType: 98, encoding: .l24, channels: 2, frames: 48)
    #expect(try requested.receiving(stream, clock: nil).get().route == [4, 0])
    stream.channels = 4
    #expect(throws: ValidationError.self) { try requested.receiving(stream, clock: nil).get() }
  }
}
