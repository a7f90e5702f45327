// SPDX-License-Identifier: MIT
import ALSAPlugin
import CSharedMemory
import Glibc
import LinuxIO
import Testing

/// The plug-in's connection to a daemon over a real socket: requests, refusals, invalid replies, and the end
/// of the daemon.
///
/// The test answers in place of the daemon. The stream asks while it is detached, which never blocks, so no
/// test waits.
struct LinkTests {
  private static let second = Int64(1_000_000_000)

  private func service(_ stream: Stream, _ now: Int64) -> vsc_link_state {
    unsafe vsc_client_service(stream.client, now)
  }

  @Test func asksAtMostEvery250Milliseconds() throws {
    let directory = ScratchDirectory()
    let stream = Stream(AES67_PLAYBACK, channels: 2, directory: directory.path)
    let daemon = try ScriptedDaemon(in: directory)
    #expect(service(stream, 249_999_999) == VSC_DETACHED)
    #expect(service(stream, 250_000_000) == VSC_REQUESTED)
    #expect(service(stream, 250_000_001) == VSC_REQUESTED)
    let request = try daemon.accept()
    #expect(request.kind == AES67_ATTACH.rawValue)
    #expect(request.channels == 2)
    #expect(request.period_frames == 64)
    #expect(request.buffer_frames == 512)
    try daemon.answer(request)
    #expect(service(stream, 250_000_002) == VSC_ATTACHED)
    #expect(stream.info.slot == 5)
  }

  @Test(arguments: [AES67_PLAYBACK, AES67_CAPTURE])
  func goesOnWhenTheDaemonEnds(direction: aes67_direction) throws {
    let directory = ScratchDirectory()
    let stream = Stream(direction, channels: 2, directory: directory.path)
    do {
      let daemon = try ScriptedDaemon(in: directory)
      #expect(service(stream, Self.second) == VSC_REQUESTED)
      try daemon.answer(daemon.accept())
      #expect(service(stream, Self.second) == VSC_ATTACHED)
      daemon.beat(Self.second)
      stream.start(at: 48_000)
      #expect(stream.position(at: 48_096 + 100) == 100)
      // A stale heartbeat alone does not detach the stream.
      #expect(service(stream, 2 * Self.second) == VSC_ATTACHED)
    }
    #expect(
      service(stream, 2 * Self.second + 49_000_000) == VSC_ATTACHED,
      "the link was checked less than 50 ms ago")
    #expect(service(stream, 2 * Self.second + 50_000_000) == VSC_DETACHED)
    #expect(stream.position(at: 48_096 + 96_000) == 96_000)
    if direction == AES67_CAPTURE { #expect(stream.read(2, at: 96_000) == [0, 0, 0, 0]) }
    let daemon = try ScriptedDaemon(in: directory)
    #expect(service(stream, 4 * Self.second) == VSC_REQUESTED)
    try daemon.answer(daemon.accept())
    #expect(service(stream, 4 * Self.second) == VSC_ATTACHED)
    // On the old clock, 4 s is frame 192,000; the position may be one frame more or less.
    #expect((143_903...143_905).contains(stream.position(at: 192_000)))
  }

  @Test func anUnansweredRequestIsRepeated() throws {
    let directory = ScratchDirectory()
    let stream = Stream(AES67_PLAYBACK, directory: directory.path)
    let daemon = try ScriptedDaemon(in: directory)
    #expect(service(stream, Self.second) == VSC_REQUESTED)
    #expect(service(stream, 2 * Self.second - 1) == VSC_REQUESTED)
    #expect(service(stream, 2 * Self.second) == VSC_DETACHED)
    #expect(service(stream, 3 * Self.second) == VSC_REQUESTED)
    _ = consume daemon
  }

  @Test func aRefusedRequestIsRepeated() throws {
    let directory = ScratchDirectory()
    let stream = Stream(AES67_PLAYBACK, directory: directory.path)
    let daemon = try ScriptedDaemon(in: directory)
    #expect(service(stream, Self.second) == VSC_REQUESTED)
    _ = try daemon.accept()
    try daemon.reply(error: EBUSY, reason: "all slots are taken")
    #expect(service(stream, Self.second) == VSC_DETACHED)
    #expect(service(stream, 2 * Self.second) == VSC_REQUESTED)
  }

  @Test func anIncompatibleDaemonIsNotAskedAgain() throws {
    let directory = ScratchDirectory()
    let stream = Stream(AES67_PLAYBACK, directory: directory.path)
    let daemon = try ScriptedDaemon(in: directory)
    #expect(service(stream, Self.second) == VSC_REQUESTED)
    _ = try daemon.accept()
    try daemon.reply(abi: 2, error: EPROTONOSUPPORT, reason: "")
    #expect(service(stream, Self.second) == VSC_INCOMPATIBLE)
    #expect(service(stream, 5 * Self.second) == VSC_INCOMPATIBLE)
  }

  /// After an invalid reply or invalid memory, the stream goes on without a daemon.
  @Test(arguments: ScriptedDaemon.Fault.allCases.dropFirst())
  func invalidRepliesAreRefused(fault: ScriptedDaemon.Fault) throws {
    let directory = ScratchDirectory()
    let stream = Stream(AES67_PLAYBACK, channels: 2, directory: directory.path)
    let daemon = try ScriptedDaemon(in: directory)
    #expect(service(stream, Self.second) == VSC_REQUESTED)
    try daemon.answer(daemon.accept(), fault)
    let state = service(stream, Self.second)
    #expect(state == (fault == .anotherLayout ? VSC_INCOMPATIBLE : VSC_DETACHED))
    stream.start(at: 0)
    stream.write([1, 2, 3, 4], at: 0)
    #expect(stream.position(at: 164) == 100)
  }
}
