// SPDX-License-Identifier: MIT
import CSharedMemory
import CapturedLog
import ControlAPI
import Glibc
import LinuxIO
import Logging
import MediaClock
import Synchronization
import Testing

@testable import Device

/// A registry of its own in a directory of its own, which works only when a test says so.
final class TestRegistry {
  let device: DeviceMemory
  let mixer = TestMixer()
  let lines = LogLines()
  let path: String
  private let directory: String
  private let registry: ClientRegistry
  private let wakeUp: WakeUp
  /// Clients stay until the registry goes, or `leave()`.
  private var crowd: [TestClient] = []

  init(timeout: Interval = .seconds(60)) throws {
    var template = Array("/tmp/aes67-test-XXXXXX".utf8CString)
    directory = unsafe String(cString: mkdtemp(&template))
    path = directory + "/clients.sock"
    let now = MonotonicClock.now
    device = try DeviceMemory(minimumPeriod: 64, born: now)
    device.publish(
      .freeRunning(from: now, at: PTPInstant(nanoseconds: 1_000_000_000), rate: .hz48000))
    let lines = lines
    registry = ClientRegistry(
      try ClientListener(path: path, group: nil), device: device, mixer: mixer,
      log: Logger(label: "test") { _ in lines }, timeout: timeout)
    wakeUp = try WakeUp()
    wakeUp.signal()  // No round waits.
  }

  deinit {
    unsafe unlink(path)
    unsafe rmdir(directory)
  }

  /// One round admits who knocks, the next one answers.
  func work() {
    for _ in 0..<2 { registry.round(wakeUp: wakeUp.descriptor) }
  }

  /// All clients of ``client(sending:)`` hang up.
  func leave() {
    crowd.removeAll()
    work()
  }

  var statuses: [ClientStatus] { registry.statuses }

  /// A client that has sent `request`, and what it was answered.
  func client(sending request: [UInt8]) throws -> (TestClient, TestClient.Reply?) {
    let client = try TestClient(path)
    crowd.append(client)
    client.send(request)
    work()
    return (client, client.receive())
  }
}

/// Remembers what it was told, and hands slots back when a test says so.
final class TestMixer: PlaybackMixer {
  struct State {
    var attached: Set<Int> = []
    var retiring: [Int] = []
    var isHoldingBack = false
  }

  let state = Mutex(State())

  func attach(
    slot: Int, memory: UnsafeMutablePointer<aes67_client>, channels: Int, firstChannel: Int
  ) {
    state.withLock { _ = $0.attached.insert(slot) }
  }

  func retire(slot: Int) {
    state.withLock {
      $0.attached.remove(slot)
      $0.retiring.append(slot)
    }
  }

  func takeRetired() -> Int? {
    state.withLock { $0.isHoldingBack ? nil : $0.retiring.popLast() }
  }
}
