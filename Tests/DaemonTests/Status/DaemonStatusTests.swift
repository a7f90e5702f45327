// SPDX-License-Identifier: MIT
import ControlAPI
import FoundationEssentials
import Testing

@testable import Daemon

@Suite struct DaemonStatusTests {
  private let status = DaemonStatus(
    version: "1", instance: "", interface: nil,
    realTime: RealTimeStatus(mode: .degraded, reason: "no"),
    clock: DaemonStatus.Clock(
      state: "free-running", deviceFrame: 1, mediaOffset: 2, rateDivisor: 1),
    ptp: nil,
    senders: [], receivers: [],
    clients: [
      ClientStatus(
        slot: 16, pid: 7, program: "arecord", direction: .capture, channels: 2, firstChannel: 63)
    ])

  /// Programs rely on the keys of the status file: all keys are always present.
  @Test func everyKeyIsPresent() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let text = String(decoding: try encoder.encode(status), as: UTF8.self)
    #expect(
      text == """
        {"clients":[{"bufferFrames":0,"channels":2,"direction":"capture","firstChannel":63,\
        "frames":0,"periodFrames":0,"pid":7,"program":"arecord","running":false,"slot":16,\
        "startFrame":0,"startMediaFrame":0,"xruns":0}],"clock":{"deviceFrame":1,"mediaOffset":2,\
        "problems":[],"rateDivisor":1,"source":"ptp","state":"free-running"},"host":"","instance":"",\
        "interface":null,\
        "ptp":null,"realTime":{"mode":"degraded","reason":"no"},"receivers":[],"senders":[],"version":"1"}
        """)
  }
}
