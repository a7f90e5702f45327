// SPDX-License-Identifier: MIT
internal import CSharedMemory
internal import MediaClock

/// What a client wrote about itself. Any bits are possible.
struct ClientClaims: Equatable {
  var running: UInt32
  var startFrame: Int64
  var frames: UInt64
  var xruns: UInt64
  var periodFrames: UInt32
  var bufferFrames: UInt32

  /// A stream may have started in the future: one buffer and one packet, but let it be ten seconds.
  private static let maximumLead: Int64 = 480_000
  /// Or long before this daemon, which it then moved to: 700 years.
  private static let maximumAge: Int64 = 1 << 50

  /// The claims as far as they can be true when the device clock shows `now`: nothing that a program
  /// which reads the status would stumble over.
  func credible(at now: DeviceFrame) -> ClientClaims {
    let lead = startFrame.subtractingReportingOverflow(now.index)
    let startIsCredible =
      !lead.overflow && (-Self.maximumAge...Self.maximumLead).contains(lead.partialValue)
    let elapsed = startIsCredible ? UInt64(max(0, -lead.partialValue)) : 0
    let buffer = bufferFrames <= UInt32(AES67_BUFFER_FRAMES_MAX) ? bufferFrames : 0
    return ClientClaims(
      running: running == 0 || !startIsCredible ? 0 : 1,
      startFrame: startIsCredible ? startFrame : 0,
      frames: min(frames, elapsed + UInt64(AES67_RING_FRAMES)),
      xruns: min(xruns, UInt64(UInt32.max)),
      periodFrames: periodFrames <= buffer ? periodFrames : 0, bufferFrames: buffer)
  }
}
