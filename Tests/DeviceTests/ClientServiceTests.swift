// SPDX-License-Identifier: MIT
import CSharedMemory
import CapturedLog
import ControlAPI
import Glibc
import LinuxIO
import Logging
import MediaClock
import ServiceLifecycle
import Testing

@testable import Device

/// The registry on its own thread, under the lifecycle.
@Suite struct ClientServiceTests {
  @Test func servesUntilItIsStopped() async throws {
    let path = "/tmp/aes67-test-service-\(getpid()).sock"
    let now = MonotonicClock.now
    let device = try DeviceMemory(minimumPeriod: 64, born: now)
    device.publish(.freeRunning(from: now, at: PTPInstant(nanoseconds: 0), rate: .hz48000))
    let log = Logger(label: "test") { _ in LogLines() }
    let service = try ClientService(
      ClientListener(path: path, group: nil), device: device, mixer: TestMixer(), log: log)
    let group = ServiceGroup(services: [service], logger: log)
    async let running: Void = group.run()

    let client = try TestClient(path)
    client.send(TestClient.request())
    var byte: UInt8 = 0
    // Waits for the answer, and leaves it there.
    unsafe #expect(recv(client.socket, &byte, 1, Int32(MSG_PEEK)) == 1)
    #expect(client.receive()?.error == 0)
    while service.statuses.isEmpty { await Task.yield() }
    #expect(service.statuses.first?.program == "tester")

    let asked = MonotonicClock.now
    await group.triggerGracefulShutdown()
    try await running
    #expect(MonotonicClock.now - asked < .seconds(1))
    #expect(!Files.exists(path))
    withExtendedLifetime(service) {}
  }
}
