// SPDX-License-Identifier: MIT
import ControlAPI
import Testing

/// The changes that are reported between two readings of the status.
struct ChangeTests {
  private let quiet = DaemonStatus(
    version: "1", instance: "",
    interface: DaemonStatus.Interface(name: "eth0", index: 2, address: "10.0.0.1"),
    realTime: RealTimeStatus(mode: .fifo, reason: ""),
    clock: DaemonStatus.Clock(
      state: "locked", deviceFrame: 1, mediaOffset: 2, rateDivisor: 1),
    ptp: nil, senders: [Self.sender("s")], receivers: [Self.receiver("r")], clients: [])

  private static func sender(_ name: String) -> SenderStatus {
    SenderStatus(
      id: 1, name: name, address: "239.69.1.1", port: 5004, channels: 8, firstChannel: 1,
      packetTimeMicroseconds: 1000, payloadType: 98, ssrc: 1, state: .sending, error: nil,
      packets: 0, dropped: 0, sendErrors: 0, withheld: 0, receiverReports: 0)
  }

  private static func receiver(_ name: String) -> ReceiverStatus {
    ReceiverStatus(
      id: 2, name: name, address: "239.69.2.1", port: 5004, channels: 8, firstChannel: 1,
      encoding: "L24", linkOffsetFrames: 144, state: .receiving, error: nil, packets: 0, inTime: 0,
      late: 0, early: 0, duplicate: 0, foreign: 0, malformed: 0, reordered: 0, lost: 0,
      resyncs: 0, ssrc: 0)
  }

  private func after(_ change: (inout DaemonStatus) -> Void) -> [Change] {
    var later = quiet
    change(&later)
    return Change.between(quiet, later)
  }

  @Test func countersOfGoodPacketsAreNoChange() {
    let changes = after {
      $0.clock.deviceFrame += 48_000
      $0.senders[0].packets += 1000
      $0.receivers[0].packets += 1000
      $0.receivers[0].inTime += 1000
    }
    #expect(changes.isEmpty)
  }

  @Test func faultsAreCounted() {
    let changes = after {
      $0.receivers[0].late += 3
      $0.receivers[0].lost += 1
    }
    #expect(changes == [Change(.receiver, name: "r", "3 late, 1 lost")])
  }

  @Test func streamsComeGoAndFail() {
    let changes = after {
      $0.senders = [Self.sender("t")]
      $0.receivers[0].state = .waiting
      $0.receivers[0].error = "no"
    }
    #expect(
      changes == [
        Change(.sender, name: "t", "was added"), Change(.sender, name: "s", "was removed"),
        Change(.receiver, name: "r", "waiting: no"),
      ])
  }

  /// Figures of an error that are measured again are no change; another error is.
  @Test func figuresOfAnErrorAreNoChange() {
    var before = quiet
    before.receivers[0].state = .late
    before.receivers[0].error = "packets come in bursts of 20 ms: set link-offset to 25 ms"
    var later = before
    later.receivers[0].error = "packets come in bursts of 21.5 ms: set link-offset to 26 ms"
    #expect(Change.between(before, later).isEmpty)
    later.receivers[0].error = "packets arrive after they are due"
    #expect(
      Change.between(before, later)
        == [Change(.receiver, name: "r", "late: packets arrive after they are due")])
  }

  @Test func aChangedStreamIsNotANewOne() {
    #expect(
      after { $0.senders[0].firstChannel = 9 } == [Change(.sender, name: "s", "was changed")])
  }

  @Test func clientsComePlayAndGo() {
    var client = ClientStatus(
      slot: 0, pid: 7, program: "aplay", direction: .playback, channels: 2, firstChannel: 1)
    client.running = true
    let came = after { $0.clients = [client] }
    #expect(
      came == [
        Change(.client, name: "aplay (7)", "opened playback"),
        Change(.client, name: "aplay (7)", "started"),
      ])
    var before = quiet
    before.clients = [client]
    #expect(
      Change.between(before, quiet) == [Change(.client, name: "aplay (7)", "closed playback")])
    var later = before
    later.clients[0].xruns = 2
    #expect(Change.between(before, later) == [Change(.client, name: "aplay (7)", "2 xruns")])
  }

  @Test func clockAndInterface() {
    let changes = after {
      $0.clock.state = "holdover"
      $0.interface = nil
      $0.realTime = RealTimeStatus(mode: .degraded, reason: "why")
    }
    #expect(
      changes == [
        Change(.interface, "there is no network interface"),
        Change(.clock, "locked became holdover"), Change(.realTime, "degraded why"),
      ])
  }
}
