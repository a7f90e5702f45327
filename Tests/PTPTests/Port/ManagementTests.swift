// SPDX-License-Identifier: MIT
import Addressing
import MediaClock
import PTP
import Testing

@Suite struct ManagementTests {
  private var exchange: Exchange
  static let asker = PortIdentity(clockIdentity: ClockIdentity(0x1234), portNumber: 9)

  init() throws {
    exchange = try Exchange()
    exchange.sent.removeAll()
  }

  private mutating func ask(
    _ content: ManagementContent, _ action: ManagementAction = .get,
    target: PortIdentity = .all, flags: Flags = [], arrival: Arrival? = nil
  ) -> (management: Management, header: Header, destination: Datagram.Destination)? {
    exchange.sent.removeAll()
    exchange.receive(
      Exchange.header(77, from: Self.asker, flags: flags),
      .management(
        Management(
          targetPortIdentity: target, startingBoundaryHops: 3, boundaryHops: 1, action: action,
          content: content)), arrival: arrival)
    guard let sent = exchange.sent.first, case .management(let reply) = sent.message.body else {
      return nil
    }
    return (reply, sent.message.header, sent.destination)
  }

  @Test(arguments: [
    ManagementID.null, .defaultDataSet, .currentDataSet, .parentDataSet, .timePropertiesDataSet,
    .portDataSet, .priority1, .priority2, .domain,
  ])
  mutating func answersGet(id: ManagementID) throws {
    let reply = try #require(ask(.request(id)))
    #expect(reply.management.action == .response)
    #expect(reply.management.content.id == id)
    if case .error = reply.management.content { Issue.record("\(reply)") }
    #expect(reply.management.targetPortIdentity == Self.asker)
    #expect(reply.management.startingBoundaryHops == 2)
    #expect(reply.management.boundaryHops == 2)
    #expect(reply.header.sequenceId == 77)
    #expect(reply.destination == .generalGroup)
  }

  @Test mutating func acceptsZeroFilledRequests() throws {
    let zeros = [UInt8](repeating: 0, count: 26)
    let reply = try #require(ask(.other(.portDataSet, zeros)))
    guard case .portDataSet(let port) = reply.management.content else {
      Issue.record("\(reply)")
      return
    }
    #expect(port.portState == .listening)
    #expect(port.logSyncInterval == -3)
  }

  @Test mutating func refusesWithAnErrorCode() throws {
    let unknown = ManagementID(rawValue: 0x200C)
    #expect(
      ask(.request(unknown))?.management.content == .error(ManagementError(.noSuchID, unknown)))
    #expect(
      ask(.priority1(1), .set)?.management.content
        == .error(ManagementError(.notSettable, .priority1)))
    let command = try #require(ask(.request(.priority2), .command))
    #expect(command.management.action == .acknowledge)
    #expect(command.management.content == .error(ManagementError(.notSupported, .priority2)))
    #expect(exchange.clock.portDataSet.portState == .listening)
  }

  @Test mutating func answersOnThePathOfTheRequest() {
    #expect(
      ask(.request(.null), flags: .unicast)?.destination == .back(to: Peer(address: 7)))
    #expect(ask(.request(.null), arrival: .local)?.destination == .back(to: Peer(address: 7)))
    let own = PortIdentity(clockIdentity: Exchange.own, portNumber: 1)
    #expect(ask(.request(.null), target: own) != nil)
  }

  @Test mutating func ignoresMessagesForOthers() {
    let other = PortIdentity(clockIdentity: ClockIdentity(5), portNumber: 1)
    #expect(ask(.request(.null), target: other) == nil)
    #expect(ask(.request(.null), .response) == nil)
    #expect(ask(.foreign(TLV(type: 3, value: [0x68, 0x97, 0xE8, 0])), .command) == nil)
    #expect(ask(.nothing) == nil)
  }

  @Test mutating func aFloodIsBounded() {
    let answers = (0..<1_000).filter { _ in ask(.request(.null)) != nil }
    #expect(answers.count == 32)
  }
}
