// SPDX-License-Identifier: MIT
internal import CSharedMemory
internal import MediaClock

/// The values that a client wrote about itself. They may be anything.
struct ClientClaims: Equatable {
  var running: UInt32
  var startFrame: Int64
  var frames: UInt64
  var xruns: UInt64
  var periodFrames: UInt32
  var bufferFrames: UInt32

  /// The greatest start in the future: one buffer and one packet are possible, ten seconds are accepted.
  private static let maximumLead: Int64 = 480_000
  /// The greatest age: a stream may have started long before this daemon, to which it then moved; 700 years are
  /// accepted.
  private static let maximumAge: Int64 = 1 << 50

  /// The claims, limited to plausible values at device frame `now`, so that programs that read the status are
  /// not confused.
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
