// SPDX-License-Identifier: MIT
import CSharedMemory
import CapturedLog
import ControlAPI
import Glibc
import LinuxIO
import MediaClock
import Synchronization
import Testing

@testable import Device

/// The answers of the registry to a correct client.
@Suite struct ClientRegistryTests {
  @Test func playbackGetsBothMemories() throws {
    let registry = try TestRegistry()
    let (_, answer) = try registry.client(sending: TestClient.request { $0.first_channel = 62 })
    let reply = try #require(answer)
    #expect(reply.error == 0)
    #expect(reply.slot == 0)
    #expect(reply.descriptors.count == 2)
    #expect(registry.mixer.state.withLock { $0.attached } == [0])

    var status = stat()
    unsafe #expect(fstat(reply.descriptors[0], &status) == 0)
    #expect(status.st_size == Int(aes67_device_bytes()))
    unsafe #expect(fstat(reply.descriptors[1], &status) == 0)
    #expect(status.st_size == Int(aes67_client_bytes(AES67_PLAYBACK, 2)))
    #expect(registry.statuses.map(\.program) == ["tester"])
    #expect(registry.statuses.map(\.firstChannel) == [63])
    #expect(
      registry.lines.lines.last?.hasSuffix("opened the device: playback, 2 channels from 63")
        == true)
  }

  @Test func captureGetsItsOwnSlots() throws {
    let registry = try TestRegistry()
    let (_, answer) = try registry.client(sending: TestClient.request(AES67_CAPTURE))
    #expect(answer?.slot == Int(AES67_PLAYBACK_SLOTS))
    #expect(registry.mixer.state.withLock { $0.attached }.isEmpty)
  }

  @Test func observerGetsTheDevicePageAlone() throws {
    let registry = try TestRegistry()
    let (_, answer) = try registry.client(
      sending: TestClient.request { $0.kind = AES67_OBSERVE.rawValue })
    #expect(answer?.error == 0)
    #expect(answer?.descriptors.count == 1)
    #expect(registry.statuses.isEmpty)
  }

  @Test func startIsReportedInDeviceAndMediaFrames() throws {
    let registry = try TestRegistry()
    let (_, answer) = try registry.client(sending: TestClient.request())
    let reply = try #require(answer)
    let page = unsafe try mapPage(reply.descriptors[1])
    unsafe aes67_client_set_period_frames(page, 480)
    unsafe aes67_client_set_buffer_frames(page, 960)
    unsafe aes67_client_set_stream_start(page, 48)
    unsafe aes67_client_set_running(page, 1)
    registry.work()
    #expect(registry.statuses.first?.running == true)
    #expect(registry.statuses.first?.startFrame == 48)
    #expect(registry.statuses.first?.startMediaFrame == 48_048)
    #expect(
      registry.lines.lines.last == """
        tester (\(getpid())) plays from device frame 48, media frame 48048; period 480, buffer 960 \
        frames
        """)
  }

  @Test func slotIsFreeOnceTheMixerHasReturnedIt() throws {
    let registry = try TestRegistry()
    registry.mixer.state.withLock { $0.isHoldingBack = true }
    let (_, first) = try registry.client(sending: TestClient.request())
    registry.leave()
    #expect(registry.statuses.isEmpty)
    #expect(registry.mixer.state.withLock { $0.retiring } == [0])

    let (_, second) = try registry.client(sending: TestClient.request())
    #expect(second?.slot == 1)
    registry.mixer.state.withLock { $0.isHoldingBack = false }
    registry.work()
    let (_, third) = try registry.client(sending: TestClient.request())
    #expect(third?.slot == 0)
    withExtendedLifetime([first, second]) {}
  }

  @Test func seventeenthPlaybackIsRefusedWithAReason() throws {
    let registry = try TestRegistry()
    for slot in 0..<16 {
      let (_, answer) = try registry.client(sending: TestClient.request())
      #expect(answer?.slot == slot)
    }
    let (extra, answer) = try registry.client(sending: TestClient.request())
    #expect(answer?.error == EBUSY)
    // Assault F4: the message names the user and program that hold the slots.
    #expect(
      answer?.reason == """
        all 16 playback streams of the device are in use or kept for root; close one; user \
        \(geteuid()) has 16, such as tester (\(getpid()))
        """)
    #expect(extra.isHungUp)
  }

  /// Field case A9: a program that opens and closes the device repeatedly is not refused for want of the
  /// slots that it has just left.
  ///
  /// - Parameter retiring: the number of the sixteen slots that are about to become free.
  @Test(arguments: [1, 2, 16])
  func waitsForARetiringSlot(retiring: Int) throws {
    let registry = try TestRegistry()
    registry.mixer.state.withLock { $0.isHoldingBack = true }
    for _ in 0..<retiring { _ = try registry.client(sending: TestClient.request()) }
    registry.leave()
    for _ in retiring..<16 { _ = try registry.client(sending: TestClient.request()) }

    let (waiting, early) = try registry.client(sending: TestClient.request())
    #expect(early == nil)
    #expect(!waiting.isHungUp)
    registry.mixer.state.withLock { $0.isHoldingBack = false }
    registry.work()
    let reply = try #require(waiting.receive())
    #expect(reply.error == 0)
    #expect(reply.slot < retiring)
    #expect(registry.statuses.count == 16 - retiring + 1)
  }

  @Test func waitsNoLongerThanTheTimeoutForASlot() throws {
    let registry = try TestRegistry(timeout: .milliseconds(0))
    registry.mixer.state.withLock { $0.isHoldingBack = true }
    for _ in 0..<16 { _ = try registry.client(sending: TestClient.request()) }
    registry.leave()
    let (late, answer) = try registry.client(sending: TestClient.request())
    registry.work()
    #expect((answer ?? late.receive())?.error == EBUSY)
    #expect(late.isHungUp)
  }

  @Test func aClientThatHangsUpWhileWaitingTakesNoSlot() throws {
    let registry = try TestRegistry()
    registry.mixer.state.withLock { $0.isHoldingBack = true }
    for _ in 0..<16 { _ = try registry.client(sending: TestClient.request()) }
    registry.leave()
    _ = try registry.client(sending: TestClient.request())
    registry.leave()
    registry.mixer.state.withLock { $0.isHoldingBack = false }
    registry.work()
    #expect(registry.statuses.isEmpty)
  }

  private func mapPage(_ descriptor: Int32) throws -> UnsafeMutablePointer<aes67_client> {
    let mapping = unsafe mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
    return unsafe try #require(mapping).assumingMemoryBound(to: aes67_client.self)
  }
}
