// SPDX-License-Identifier: MIT
import CSharedMemory
import CapturedLog
import ControlAPI
import Glibc
import LinuxIO
import Logging
import MediaClock
import ServiceLifecycle
import Synchronization
import Testing
import Turns

@testable import Device

/// The registry on its own thread, run by a service group.
@Suite struct ClientServiceTests {
  private final class End: Sendable {
    let hasCome = Atomic<Bool>(false)
  }

  @Test func servesUntilItIsStopped() async throws {
    let path = "/tmp/aes67-test-service-\(getpid()).sock"
    let now = MonotonicClock.now
    let device = try DeviceMemory(minimumPeriod: 64, born: now)
    device.publish(.freeRunning(from: now, at: PTPInstant(nanoseconds: 0), rate: .hz48000))
    let log = Logger(label: "test") { _ in LogLines() }
    let service = try ClientService(
      ClientListener(path: path, group: nil), device: device, mixer: TestMixer(), log: log)
    let group = ServiceGroup(services: [service], logger: log)
    let end = End()
    async let running: Void = {
      try await group.run()
      end.hasCome.store(true, ordering: .releasing)
    }()

    let client = try TestClient(path)
    client.send(TestClient.request())
    var byte: UInt8 = 0
    // Waits for the answer without taking it from the socket.
    unsafe #expect(recv(client.socket, &byte, 1, Int32(MSG_PEEK)) == 1)
    #expect(client.receive()?.error == 0)
    while service.statuses.isEmpty { await Task.yield() }
    #expect(service.statuses.first?.program == "tester")

    await group.triggerGracefulShutdown()
    #expect(try await wait(turns: 1_000) { end.hasCome.load(ordering: .acquiring) })
    try await running
    #expect(!Files.exists(path))
    withExtendedLifetime(service) {}
  }
}
