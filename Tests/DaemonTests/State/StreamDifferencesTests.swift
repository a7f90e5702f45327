// SPDX-License-Identifier: MIT
import Addressing
import DaemonConfiguration
import Testing

@testable import Daemon

/// The streams that a change of the configuration touches, and their order.
@Suite struct StreamDifferencesTests {
  private struct Refused: Error {}

  private func receiver(_ name: String, _ channel: Int) -> ReceiverConfiguration {
    var receiver = ReceiverConfiguration()
    receiver.name = name
    receiver.address = .init(bits: 0xEF01_0101)
    (receiver.channels, receiver.firstChannel) = (1, channel)
    return receiver
  }

  /// A table of streams that, like the real one, refuses two receivers on one channel.
  private final class Table {
    var streams: [(id: StreamID, configuration: ReceiverConfiguration)] = []
    var calls = 0

    func put(_ id: StreamID, _ stream: ReceiverConfiguration) throws {
      calls += 1
      let others = streams.filter { $0.id != id }.map(\.configuration)
      guard stream.problems(beside: others).isEmpty else { throw Refused() }
      streams.removeAll { $0.id == id }
      streams.append((id, stream))
    }
  }

  @Test func onlyDifferentStreamsAreTouched() {
    let table = Table()
    table.streams = [(StreamID(1), receiver("a", 1)), (StreamID(2), receiver("b", 2))]
    let wanted = [(id: StreamID(1), configuration: receiver("a", 1))]
    let result = StreamDifferences(from: table.streams, to: wanted).apply(
      add: table.put, change: table.put, remove: { id in table.streams.removeAll { $0.id == id } })
    #expect(result.done == ["b removed"] && result.refused.isEmpty && table.calls == 0)
  }

  /// Each receiver moves to the channel that the next one must leave first. All changes are made, in as many
  /// rounds as necessary.
  @Test(arguments: 1...8) func changesThatWaitForEachOtherAreAllMade(count: Int) {
    let table = Table()
    table.streams = (1...count).map { (StreamID($0), receiver("r\($0)", $0)) }
    let wanted = (1...count).map {
      (id: StreamID($0), configuration: receiver("r\($0)", $0 + 1))
    }
    let result = StreamDifferences(from: table.streams, to: wanted).apply(
      add: table.put, change: table.put, remove: { _ in })
    #expect(result.refused.isEmpty && result.done.count == count)
    #expect(table.streams.map(\.configuration.firstChannel).sorted() == Array(2...count + 1))
  }

  /// Each receiver moves to the channel of the next one, and the last one to that of the first.
  @Test(arguments: 2...8) func streamsExchangeTheirChannels(count: Int) {
    let table = Table()
    table.streams = (1...count).map { (StreamID($0), receiver("r\($0)", $0)) }
    let wanted = (1...count).map {
      (id: StreamID($0), configuration: receiver("r\($0)", $0 % count + 1))
    }
    let result = StreamDifferences(from: table.streams, to: wanted).apply(
      add: table.put, change: table.put, remove: { id in table.streams.removeAll { $0.id == id } })
    #expect(result.refused.isEmpty)
    #expect(Set(result.done) == Set((1...count).map { "r\($0) changed" }))
    let channels = table.streams.sorted { $0.id < $1.id }.map(\.configuration.firstChannel)
    #expect(channels == Array(2...count) + [1])
  }

  /// No single one can move first, even if any other one were absent: each needs the channels of both others.
  @Test func streamsExchangeTheirChannelsInParts() {
    func receiver(_ name: String, _ channels: [Int]) -> ReceiverConfiguration {
      var receiver = self.receiver(name, 1)
      (receiver.channels, receiver.map) = (channels.count, ChannelMap(channels))
      return receiver
    }
    let table = Table()
    table.streams = [
      (StreamID(1), receiver("a", [1, 2])), (StreamID(2), receiver("b", [3, 4])),
      (StreamID(3), receiver("c", [5, 6])),
    ]
    let wanted = [
      (id: StreamID(1), configuration: receiver("a", [3, 5])),
      (id: StreamID(2), configuration: receiver("b", [1, 6])),
      (id: StreamID(3), configuration: receiver("c", [2, 4])),
    ]
    let result = StreamDifferences(from: table.streams, to: wanted).apply(
      add: table.put, change: table.put, remove: { id in table.streams.removeAll { $0.id == id } })
    #expect(result.refused.isEmpty && result.done.count == 3)
    #expect(
      table.streams.sorted { $0.id < $1.id }.map(\.configuration) == wanted.map(\.configuration))
  }

  @Test func aStreamThatCannotMoveStaysAsItWas() {
    let table = Table()
    table.streams = [
      (StreamID(1), receiver("a", 1)), (StreamID(2), receiver("b", 2)),
      (StreamID(3), receiver("c", 3)),
    ]
    // The third one is not removed: its owner refuses that.
    let wanted = [
      (id: StreamID(1), configuration: receiver("a", 3)),
      (id: StreamID(2), configuration: receiver("b", 3)),
    ]
    let result = StreamDifferences(from: table.streams, to: wanted).apply(
      add: table.put, change: table.put,
      remove: { id in
        guard id != StreamID(3) else { throw Refused() }
        table.streams.removeAll { $0.id == id }
      })
    #expect(result.done.isEmpty && result.refused.count == 2)
    let channels = table.streams.sorted { $0.id < $1.id }.map(\.configuration.firstChannel)
    #expect(channels == [1, 2, 3])
  }

  @Test func impossibleChangesAreReportedWithTheReason() {
    let table = Table()
    let wanted = [
      (id: StreamID(1), configuration: receiver("a", 1)),
      (id: StreamID(2), configuration: receiver("b", 1)),
    ]
    let result = StreamDifferences(from: [], to: wanted).apply(
      add: table.put, change: table.put, remove: { _ in })
    #expect(result.done == ["a added"])
    #expect(result.refused.count == 1 && result.refused[0].hasPrefix("b: "))
  }
}
