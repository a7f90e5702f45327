// SPDX-License-Identifier: MIT
import ControlAPI
import Testing

@testable import Daemon

@Suite struct StatusLineTests {
  private var status = DaemonStatus(
    version: "1", instance: "",
    interface: DaemonStatus.Interface(name: "eth0", index: 2, address: "10.0.0.1"),
    realTime: RealTimeStatus(mode: .fifo, reason: ""),
    clock: DaemonStatus.Clock(
      state: "free-running", deviceFrame: 1, mediaOffset: 2, rateDivisor: 1),
    ptp: nil, senders: [], receivers: [], clients: [])

  private func client(_ direction: ClientStatus.Direction, running: Bool = true) -> ClientStatus {
    ClientStatus(
      slot: 1, pid: 7, program: "x", direction: direction, channels: 2, firstChannel: 1,
      running: running)
  }

  @Test func idleDaemon() {
    #expect(StatusLine.text(status) == "own clock; 0 senders, 0 receivers; no programs")
  }

  @Test mutating func programs() {
    status.clients = [
      client(.playback), client(.playback), client(.capture), client(.capture, running: false),
    ]
    #expect(StatusLine.text(status).hasSuffix("; 2 play, 1 records"))
    status.clients = [client(.playback)]
    #expect(StatusLine.text(status).hasSuffix("; 1 plays"))
  }

  @Test mutating func problemsAreListed() {
    status.interface = nil
    status.realTime.mode = .degraded
    status.clock.state = "holdover"
    #expect(
      StatusLine.text(status)
        == "no network interface yet; clock holdover; 0 senders, 0 receivers; no programs;"
        + " not real-time (the log says why)")
  }
}
