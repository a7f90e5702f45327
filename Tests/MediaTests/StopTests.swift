// SPDX-License-Identifier: MIT
import CapturedLog
import ControlAPI
import LinuxIO
import Logging
import MediaClock
import ParsedConfiguration
import RealTime
import StreamEngine
import Synchronization
import Testing

@testable import DaemonConfiguration
@testable import Media

/// Streams that are stopped while their media thread hangs. In these tests, the thread was never started.
@Suite(.serialized) struct StopTests {
  private static let text = """
    network: { interface: lo }
    ptp: { mode: "off" }
    senders: [{ name: out, address: 127.0.0.1, port: 15100, channels: 2 }]
    receivers: [{ name: in, address: 127.0.0.1, port: 15100, channels: 2 }]
    """

  /// A service whose control side regards all streams as running.
  private func hangingService() throws -> StreamService {
    let (service, _) = try makeService(try Configuration(parsing: Self.text, file: "test"))
    service.followInterfaces()
    let status = service.status()
    #expect(status.senders[0].state == .sending && Self.runs(status.receivers.first))
    return service
  }

  /// Returns true if a receiver waits for nothing but packets.
  private static func runs(_ receiver: ReceiverStatus?) -> Bool {
    receiver?.error == "waiting for the first packet" || receiver?.state == .silent
  }

  /// Answers the stop commands in place of the media threads.
  private func giveBack(_ service: StreamService) {
    let memory = service.memory
    while let command = memory.transmitCommands.pop() {
      if case .stop(let sender) = command {
        _ = memory.transmitReturns.push(.senderStopped(sender))
      }
    }
    while let command = memory.receiveCommands.pop() {
      if case .stop(let receiver) = command {
        _ = memory.receiveReturns.push(.receiverStopped(receiver))
      }
    }
  }

  /// Runs `change` on a thread, which waits for the media thread, and `look` on another thread. Returns true
  /// if `look` returned while `change` still waited.
  private func isReadable(
    _ service: StreamService, during change: @escaping @Sendable () -> Void,
    _ look: @escaping @Sendable () -> Void
  ) throws -> Bool {
    let (hasChanged, hasLooked) = (Flag(), Flag())
    let changer = try RealTimeThread(name: "changer", priority: 0) {
      change()
      hasChanged.set()
    }
    let reader = try RealTimeThread(name: "reader", priority: 0) {
      look()
      hasLooked.set()
    }
    let deadline = MonotonicClock.now + .seconds(10)
    while !hasLooked.isSet, MonotonicClock.now < deadline {}
    let isReadable = hasLooked.isSet && !hasChanged.isSet
    while !hasChanged.isSet { giveBack(service) }
    changer.join()
    reader.join()
    return isReadable
  }

  /// Readers do not wait for a media thread, so that the supervision can name the thread before the watchdog
  /// acts.
  @Test func theStatusIsReadableWhileARemovalWaits() throws {
    let service = try hangingService()
    let isReadable = try isReadable(service) {
      try? service.removeSender(StreamID(1))
    } _: {
      // Until the removal is under way.
      while service.senderStatus(StreamID(1))?.state == .sending {}
      #expect(Self.runs(service.status().receivers.first))
      #expect(service.receiverStatus(StreamID(2)) != nil)
      #expect(service.measurements().senders.count == 1)
      #expect(service.glitches(after: 0).isEmpty)
      #expect(service.interface()?.interface.name == "lo")
      #expect(service.runningSenders.isEmpty && service.receivers.count == 1)
      #expect(service.progress.map(\.thread) == ["media-tx", "media-rx"])
      #expect(service.progress.allSatisfy { $0.rounds == 0 })
    }
    #expect(isReadable)
    #expect(service.status().senders.isEmpty)
  }

  @Test func aStoppingReceiverIsReportedAndStartsAgain() throws {
    let service = try hangingService()
    var other = service.receivers[0].configuration
    other.firstChannel = 9
    let isReadable = try isReadable(service) { [other] in
      try? service.change(StreamID(2), to: other)
    } _: {
      while Self.runs(service.receiverStatus(StreamID(2))) {}
      #expect(
        service.receiverStatus(StreamID(2))?.error == "its media thread has not stopped it yet")
    }
    #expect(isReadable)
    #expect(Self.runs(service.receiverStatus(StreamID(2))))
    #expect(service.receiverStatus(StreamID(2))?.firstChannel == 9)
  }

  /// Changes from several threads are made one after the other.
  @Test func changesWaitForEachOther() throws {
    let service = try hangingService()
    let second = Flag()
    let isReadable = try isReadable(service) {
      try? service.removeSender(StreamID(1))
    } _: {
      while service.senderStatus(StreamID(1))?.state == .sending {}
      let other = try? RealTimeThread(name: "second", priority: 0) {
        try? service.removeReceiver(StreamID(2))
        second.set()
      }
      let deadline = MonotonicClock.now + .milliseconds(50)
      while MonotonicClock.now < deadline {}
      // The second change has not begun.
      #expect(other != nil && Self.runs(service.receiverStatus(StreamID(2))))
    }
    #expect(isReadable)
    while !second.isSet { giveBack(service) }
    #expect(service.status().senders.isEmpty && service.status().receivers.isEmpty)
  }

  /// A stream that is being stopped is not found any more, and keeps its place until then.
  @Test func aStoppingStreamIsNotFoundByChanges() throws {
    let service = try hangingService()
    let place = service.streams.withLock { $0.senders.slots.all.first?.place }
    #expect(place == 0)
    service.streams.withLock { table in try? table.senders.remove(StreamID(1)) }
    service.streams.withLock { table in
      #expect(table.stopping.senders == [0])
      #expect(table.senders.slots.find(StreamID(1)) == nil)
    }
    giveBack(service)
    service.alter { _ in }
    #expect(service.status().senders.isEmpty)
  }
}

/// A flag that one thread sets for another.
final class Flag: Sendable {
  private let value = Atomic<Bool>(false)

  var isSet: Bool { value.load(ordering: .acquiring) }

  func set() { value.store(true, ordering: .releasing) }
}
