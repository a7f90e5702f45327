// SPDX-License-Identifier: MIT
import CSharedMemory
import MediaClock
import ParsedConfiguration
import RealTime
import StreamEngine
import Testing

@testable import DaemonConfiguration
@testable import Device
@testable import Media

/// The capture latency that programs read.
@Suite struct CaptureLatencyTests {
  private static let text = """
    network: { interface: lo }
    streams: { link-offset: 100ms }
    ptp: { mode: "off" }
    senders: [{ name: out, address: 127.0.0.1, port: 15300, channels: 2 }]
    receivers: [{ name: in, address: 127.0.0.1, port: 15300, channels: 2 }]
    """

  /// The capture latency is the greatest link offset in force, also after changes of streams.
  @Test func captureLatencyIsTheGreatestLinkOffset() throws {
    let configuration = try Configuration(parsing: Self.text, file: "test")
    let (service, device) = try makeService(configuration)
    func latency() -> UInt32 { unsafe aes67_device_capture_latency(device.page) }
    #expect(latency() == 4_800)
    service.followInterfaces()
    // The link offset in force in the receive thread counts, not the configured one, also after a change of
    // another stream.
    unsafe service.memory.receiverCounters[0].linkOffset.set(5_000)
    service.followInterfaces()
    #expect(latency() == 5_000)
    var other = configuration.senders[0]
    (other.name, other.port) = ("other", 15_210)
    try service.add(other, id: StreamID(9))
    #expect(latency() == 5_000)
    var disabled = configuration.receivers[0]
    (disabled.name, disabled.firstChannel, disabled.isEnabled) = ("disabled", 9, false)
    disabled.linkOffset = .fixed(.milliseconds(200))
    try service.add(disabled, id: StreamID(10))
    #expect(latency() == 5_000)
  }
}
