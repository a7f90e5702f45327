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

/// A registry in a temporary directory, which works only while the test calls ``work()``.
final class TestRegistry {
  let device: DeviceMemory
  let mixer = TestMixer()
  let lines = LogLines()
  let path: String
  private let directory: String
  private let registry: ClientRegistry
  private let wakeUp: WakeUp
  /// The clients, which stay connected until ``leave()`` or the end of the registry.
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

  /// Runs two rounds: the first accepts connections, and the second answers requests.
  func work() {
    for _ in 0..<2 { registry.round(wakeUp: wakeUp.descriptor) }
  }

  /// Disconnects all clients of ``client(sending:)``.
  func leave() {
    crowd.removeAll()
    work()
  }

  var statuses: [ClientStatus] { registry.statuses }

  /// Returns a client that has sent `request`, and the answer to it.
  func client(sending request: [UInt8]) throws -> (TestClient, TestClient.Reply?) {
    let client = try TestClient(path)
    crowd.append(client)
    client.send(request)
    work()
    return (client, client.receive())
  }
}

/// A mixer that records its calls, and returns retired slots unless `isHoldingBack` is set.
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
