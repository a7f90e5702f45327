// SPDX-License-Identifier: MIT
import CSharedMemory
import CapturedLog
import ControlAPI
import Glibc
import LinuxIO
import MediaClock
import Testing

@testable import Device

/// Malformed requests and misuse of the shared memory by a hostile client.
@Suite struct HostileClientTests {
  /// A malformed request. The tests' log shows the expected reason instead of the bytes, which would fill
  /// pages.
  struct BadRequest: CustomTestStringConvertible {
    let bytes: [UInt8]
    let error: Int32
    let reason: String

    init(_ bytes: [UInt8], _ error: Int32, _ reason: String) {
      self.bytes = bytes
      self.error = error
      self.reason = reason
    }

    var testDescription: String { reason }
  }

  @Test(
    arguments: [
      BadRequest(
        TestClient.request { $0.magic = 0 }, EINVAL,
        "this is not a request of the ALSA plug-in aes67, the only program that may use this socket"
      ),
      BadRequest(
        TestClient.request { $0.abi += 1 }, EPROTONOSUPPORT,
        "the plug-in speaks version \(AES67_ABI + 1), aes67d version \(AES67_ABI): install both of"
          + " one release, then restart aes67d and this program"
      ),
      BadRequest(TestClient.request { $0.kind = 3 }, EINVAL, "unknown kind of request 3"),
      BadRequest(TestClient.request { $0.direction = 2 }, EINVAL, "unknown direction 2"),
      BadRequest(
        TestClient.request { $0.channels = 0 }, EINVAL,
        "0 channels from 1 do not fit; the device has channels 1 to 64"
      ),
      BadRequest(
        TestClient.request { $0.channels = 65 }, EINVAL,
        "65 channels from 1 do not fit; the device has channels 1 to 64"
      ),
      BadRequest(
        TestClient.request { $0.first_channel = 63 }, EINVAL,
        "2 channels from 64 do not fit; the device has channels 1 to 64"
      ),
      BadRequest(
        TestClient.request { $0.first_channel = .max }, EINVAL,
        "2 channels from 4294967296 do not fit; the device has channels 1 to 64"
      ),
      BadRequest(
        TestClient.request { $0.buffer_frames = .max }, EINVAL,
        "a period of 480 and a buffer of 4294967295 frames are not possible; a buffer has up to"
          + " \(AES67_BUFFER_FRAMES_MAX)"
      ),
      BadRequest(
        [1], EINVAL,
        "this is not a request of the ALSA plug-in aes67, the only program that may use this socket"
      ),
      BadRequest(
        Array(TestClient.request().prefix(7)), EINVAL,
        "this is not a request of the ALSA plug-in aes67, the only program that may use this socket"
      ),
      BadRequest(
        Array(TestClient.request().prefix(63)), EINVAL, "the request has 63 bytes instead of 64"),
      BadRequest(TestClient.request() + [0], EINVAL, "the request has 65 bytes instead of 64"),
      BadRequest(
        TestClient.request() + [UInt8](repeating: 255, count: 10_000), EINVAL,
        "the request has 10064 bytes instead of 64"
      ),
      BadRequest(
        [UInt8](repeating: 255, count: 64), EINVAL,
        "this is not a request of the ALSA plug-in aes67, the only program that may use this socket"
      ),
    ])
  func badRequestsGetAReason(bad: BadRequest) throws {
    let registry = try TestRegistry()
    let (client, answer) = try registry.client(sending: bad.bytes)
    #expect(answer?.error == bad.error)
    #expect(answer?.reason == bad.reason)
    #expect(answer?.descriptors == [])
    #expect(client.isHungUp)
    #expect(registry.statuses.isEmpty)
  }

  @Test func controlCharactersInANameAreReplaced() throws {
    let registry = try TestRegistry()
    let request = TestClient.request {
      unsafe withUnsafeMutableBytes(of: &$0.name) {
        unsafe $0.copyBytes(from: Array("a\u{1B}[31m\nb\u{202E}".utf8))
      }
    }
    _ = try registry.client(sending: request)
    #expect(registry.statuses.first?.program == "a\u{FFFD}[31m\u{FFFD}b\u{FFFD}")
  }

  @Test func deviceMemoryCannotBeWritten() throws {
    let registry = try TestRegistry()
    let (_, answer) = try registry.client(sending: TestClient.request(AES67_CAPTURE))
    let reply = try #require(answer)
    let size = Int(aes67_device_bytes())
    let mapping = unsafe mmap(
      nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, reply.descriptors[0], 0)
    unsafe #expect(mapping == MAP_FAILED)
    #expect(ftruncate(reply.descriptors[0], 0) == -1)
  }

  @Test func clientMemoryCannotBeResized() throws {
    let registry = try TestRegistry()
    let (_, answer) = try registry.client(sending: TestClient.request())
    let reply = try #require(answer)
    for size in [0, 4096, 1 << 30] {
      #expect(ftruncate(reply.descriptors[1], size) == -1)
      #expect(errno == EPERM)
    }
  }

  @Test func foreignDescriptorsAreDropped() throws {
    let registry = try TestRegistry()
    let client = try TestClient(registry.path)
    var ends: [Int32] = [0, 0]
    unsafe #expect(pipe(&ends) == 0)
    client.send(TestClient.request(), foreign: ends[1], count: 8)
    registry.work()
    #expect(client.receive()?.error == 0)
    // If the daemon has closed its copies, the last writing end is closed here, and reading reports the end
    // of the file.
    close(ends[1])
    var byte: UInt8 = 0
    unsafe #expect(read(ends[0], &byte, 1) == 0)
    close(ends[0])
  }

  @Test func invalidClientMemoryLeavesTheStatusValid() throws {
    let registry = try TestRegistry()
    let (_, answer) = try registry.client(sending: TestClient.request())
    let reply = try #require(answer)
    let mapping = unsafe mmap(
      nil, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, reply.descriptors[1], 0)
    let page = unsafe try #require(mapping)
    for byte in [0xFF, 0x7F, 0x80, 0x41] as [Int32] {
      unsafe memset(page, byte, 4096)
      registry.work()
      let status = try #require(registry.statuses.first)
      // With all bits set, the start is frame -1, which is possible.
      let isPossible = byte == 0xFF
      #expect(status.running == isPossible)
      #expect(status.startFrame == (isPossible ? -1 : 0))
      #expect(status.frames < 10_000_000)
      #expect(status.xruns <= UInt64(UInt32.max))
      #expect(status.periodFrames == 0 && status.bufferFrames == 0)
      #expect(status.channels == 2 && status.firstChannel == 1)
    }
    #expect(registry.lines.lines.count < 10)
  }

  @Test func floodOfStartsIsLimitedInTheLog() throws {
    let registry = try TestRegistry()
    let (_, answer) = try registry.client(sending: TestClient.request())
    let reply = try #require(answer)
    let mapping = unsafe mmap(
      nil, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, reply.descriptors[1], 0)
    let page = unsafe try #require(mapping).assumingMemoryBound(to: aes67_client.self)
    for round in 0..<500 {
      unsafe aes67_client_set_stream_start(page, Int64(round))
      unsafe aes67_client_set_running(page, 1)
      unsafe aes67_client_set_xruns(page, UInt64(round))
      registry.work()
    }
    #expect(registry.lines.lines.count < 30)
  }

  /// Programs that connect again and again write no more log lines than their user's budget.
  @Test func floodOfProgramsIsLimitedInTheLog() throws {
    let began = MonotonicClock.now
    let registry = try TestRegistry()
    for _ in 0..<50 {
      let (_, answer) = try registry.client(sending: TestClient.request())
      let reply = try #require(answer)
      let mapping = unsafe mmap(
        nil, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, reply.descriptors[1], 0)
      let page = unsafe try #require(mapping).assumingMemoryBound(to: aes67_client.self)
      for round in 1..<20 {
        unsafe aes67_client_set_xruns(page, UInt64(round))
        registry.work()
      }
      registry.leave()
    }
    let refilled = (MonotonicClock.now - began).nanoseconds / 200_000_000
    #expect(registry.lines.lines.count <= 50 + refilled + 1)
  }

  /// The log lines of one user do not use up the budget of another.
  @Test func eachUserHasALogBudget() {
    let now = MonotonicInstant(nanoseconds: 0)
    var budget = UserLogBudget()
    let first = (0..<100).filter { _ in budget.take(1000, at: now) != nil }
    #expect(first.count == 50)
    #expect(budget.take(1001, at: now) == "")
    #expect(budget.take(nil, at: now) == "")
    #expect(budget.take(1000, at: now + .seconds(1)) == " (50 such lines left out)")
    // Beyond a number of users, all others share one budget.
    for user in 2000..<2100 { _ = budget.take(UInt32(user), at: now) }
    #expect(budget.take(1001, at: now) == "")
    let shared = (3000..<3100).filter { budget.take(UInt32($0), at: now) != nil }
    #expect(shared.count < 50)
  }

  @Test func aClientThatSendsAgainIsDisconnected() throws {
    let registry = try TestRegistry()
    let (client, _) = try registry.client(sending: TestClient.request())
    client.send([1, 2, 3])
    registry.work()
    #expect(client.isHungUp)
    #expect(registry.statuses.isEmpty)
  }

  @Test func aClientWithoutRequestIsDisconnected() throws {
    let registry = try TestRegistry(timeout: Interval(nanoseconds: 0))
    let client = try TestClient(registry.path)
    registry.work()
    #expect(client.isHungUp)
  }

  @Test func hundredsOfConnectionsLeaveRoomAfterwards() throws {
    let registry = try TestRegistry()
    do {
      var crowd: [TestClient] = []
      for _ in 0..<150 {
        crowd.append(try TestClient(registry.path))
        if crowd.count % 50 == 0 { registry.work() }
      }
      let refused = crowd.compactMap { $0.receive() }
      let limit = getuid() == 0 ? 128 : 32
      #expect(refused.count == 150 - limit)
      #expect(refused.allSatisfy { $0.error == EBUSY && !$0.reason.isEmpty })
    }
    registry.work()
    let (_, answer) = try registry.client(sending: TestClient.request())
    #expect(answer?.error == 0)
  }

  @Test func oneUserCannotLockOutTheOthers() {
    let crowd = [UInt32](repeating: 1000, count: 32)
    #expect(ClientRegistry.refusal(of: 1000, besides: crowd)?.code == EBUSY)
    #expect(ClientRegistry.refusal(of: 1001, besides: crowd) == nil)
    #expect(ClientRegistry.refusal(of: 0, besides: [UInt32](repeating: 0, count: 100)) == nil)
    #expect(ClientRegistry.refusal(of: 0, besides: [UInt32](repeating: 0, count: 128)) != nil)
  }
}
