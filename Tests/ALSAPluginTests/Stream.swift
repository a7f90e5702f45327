// SPDX-License-Identifier: MIT
import ALSAPlugin
import CSharedMemory
import Glibc

/// A stream of the plug-in together with the memory that a daemon would share with it. Time is an argument.
@safe
final class Stream {
  /// Frames per nanosecond times 2^64, rounded down. The clocks of these tests begin at a quarter of a frame,
  /// so that the rounding changes no result.
  static let rate = UInt64(885_443_715_538_058)
  /// A directory without a daemon, different each time, so that streams of two tests never pair.
  static var unusedDirectory: String { "/nonexistent/\(UInt64.random(in: 0 ... .max))" }

  let client: OpaquePointer
  let channels: Int
  private(set) var device: UnsafeMutablePointer<aes67_device>? = nil
  private(set) var page: UnsafeMutablePointer<aes67_client>? = nil

  init(
    _ direction: aes67_direction, channels: Int = 1, firstChannel: Int = 0, period: Int = 64,
    buffer: Int = 512, directory: String = Stream.unusedDirectory, at now: Int64 = 0
  ) {
    self.channels = channels
    unsafe client = vsc_client_new(directory, direction, UInt32(channels), UInt32(firstChannel))!
    var reason = [CChar](repeating: 0, count: Int(AES67_REASON_BYTES))
    let error = unsafe vsc_client_attach(client, UInt32(period), UInt32(buffer), now, &reason)
    precondition(error == 0)
  }

  deinit { unsafe vsc_client_free(client) }

  /// Moves the stream to memory as a daemon provides it. Returns false if the plug-in refuses the memory.
  @discardableResult
  func moveToDaemon(
    direction: aes67_direction, clock: aes67_clock_snapshot = Stream.clock(), grid: UInt32 = 48,
    born: Int64 = 1, at now: Int64 = 0
  ) -> Bool {
    let deviceBytes = aes67_device_bytes()
    let clientBytes = aes67_client_bytes(direction, UInt32(channels))
    let device = unsafe Self.map(deviceBytes).bindMemory(to: aes67_device.self, capacity: 1)
    let page = unsafe Self.map(clientBytes).bindMemory(to: aes67_client.self, capacity: 1)
    unsafe device.pointee.born_ns = born
    unsafe aes67_device_set_start_grid(device, grid)
    unsafe aes67_device_beat(device, .max / 2)  // never stale, because no socket can be checked
    if clock.rate != 0 {
      unsafe withUnsafePointer(to: clock) {
        unsafe aes67_clock_publish(aes67_device_clock(device), $0)
      }
    }
    var memory = unsafe vsc_memory(
      device: device, device_bytes: deviceBytes, client: page, client_bytes: clientBytes, slot: 0)
    guard unsafe vsc_client_move(client, &memory, now) else {
      unsafe munmap(device, deviceBytes)
      unsafe munmap(page, clientBytes)
      return false
    }
    unsafe (self.device, self.page) = unsafe (device, page)
    return true
  }

  static func clock(
    frame: Int64 = 0, at now: Int64 = 0, divisor: UInt64 = 1, mediaOffset: Int64 = 0
  ) -> aes67_clock_snapshot {
    aes67_clock_snapshot(
      monotonic_ns: now, frame: frame, fraction: 1 << 62, rate: rate / divisor,
      media_offset: mediaOffset, state: 0, generation: 0)
  }

  /// An instant shortly after `frame` begins on the clock of `clock()`.
  static func time(of frame: Int64) -> Int64 { frame * 62_500 / 3 + 2 }

  private static func map(_ bytes: Int) -> UnsafeMutableRawPointer {
    let mapped = unsafe mmap(
      nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    return unsafe mapped!
  }

  // MARK: The program's side

  func write(_ samples: [Int32], at position: UInt64) {
    var samples = samples.map { $0 << 8 }
    unsafe transfer(&samples) { places, frames in
      unsafe vsc_ring_write(client, position, SAMPLE_S32, places, frames)
    }
  }

  func read(_ frames: Int, at position: UInt64) -> [Int32] {
    var samples = [Int32](repeating: 0x5555_5555, count: frames * channels)
    unsafe transfer(&samples) { places, frames in
      unsafe vsc_ring_read(client, position, SAMPLE_S32, places, frames)
    }
    return samples.map { $0 >> 8 }
  }

  private func transfer(_ samples: inout [Int32], _ body: ([sample_channel], Int) -> Void) {
    let frames = samples.count / channels
    unsafe samples.withUnsafeMutableBytes { buffer in
      let places = unsafe (0..<channels).map { channel in
        unsafe sample_channel(first: buffer.baseAddress! + channel * 4, step: channels * 4)
      }
      unsafe body(places, frames)
    }
  }

  func position(at frame: Int64) -> UInt64 {
    unsafe vsc_stream_position(client, Self.time(of: frame))
  }

  @discardableResult
  func start(at frame: Int64) -> Int64 { unsafe vsc_stream_start(client, Self.time(of: frame)) }
  func stop(at frame: Int64) { unsafe vsc_stream_stop(client, Self.time(of: frame)) }
  func prepare(at frame: Int64) { unsafe vsc_stream_prepare(client, Self.time(of: frame)) }
  func pause(_ on: Bool, at frame: Int64) {
    unsafe vsc_stream_pause(client, on, Self.time(of: frame))
  }
  var info: vsc_stream_info { unsafe vsc_stream_look(client) }

  // MARK: The daemon's side

  /// The playback state that the plug-in has published, or nil.
  var inForce: aes67_playback_snapshot? {
    var snapshot = aes67_playback_snapshot()
    return unsafe aes67_client_read(page!, &snapshot) ? snapshot : nil
  }

  /// The samples of channel 0 that the engine would play in the device frames `frames`.
  func heard(_ frames: Range<Int64>) -> [Int32] {
    guard let inForce else { return frames.map { _ in 0 } }
    let ring = unsafe aes67_client_ring(page!)!
    return frames.map { frame in
      let position = frame - inForce.start_frame
      let size = Int64(AES67_RING_FRAMES)
      guard position >= 0, position < inForce.written_through,
        position >= Int64(inForce.written_through) - size
      else { return 0 }
      return unsafe ring[Int(position % size) * channels] >> 8
    }
  }

  /// Writes a received sample into the capture ring.
  func capture(_ sample: Int32, channel: Int, frame: Int64) {
    let slot = Int(frame) % Int(AES67_RING_FRAMES)
    unsafe aes67_device_capture_ring(device!)![slot * Int(AES67_CHANNELS) + channel] = sample << 8
  }
}
