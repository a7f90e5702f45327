// SPDX-License-Identifier: MIT
package import CSharedMemory
package import ControlAPI
package import LinuxIO
package import MediaClock
internal import StreamEngine
internal import Synchronization

/// The device page and the capture ring after it, which every client maps and only we write.
@safe
package final class DeviceMemory: @unchecked Sendable {
  // Safety: one writer for each group of fields, all of them atomic: the clock and the clients' table
  // belong to the control side, the capture ring and the heartbeat to the media threads.
  private let memory: SharedMemory
  /// The page, which is valid as long as this object.
  @unsafe package let page: UnsafeMutablePointer<aes67_device>
  private let readOnly: FileDescriptor
  private let lastClock = Mutex(DeviceClock(aes67_clock_snapshot()))

  /// The descriptor for clients, which cannot be mapped for writing.
  package var readOnlyDescriptor: Int32 { readOnly.number }

  /// - Parameters:
  ///   - minimumPeriod: the minimum period of programs, in frames.
  ///   - born: the time at which this daemon started.
  /// - Throws: the kernel's refusal of memory.
  package init(
    minimumPeriod: UInt32, timing: StreamTiming = StreamTiming(), born: MonotonicInstant
  ) throws(SystemError) {
    memory = try SharedMemory(name: "aes67-device", byteCount: aes67_device_bytes())
    unsafe page = memory.base.assumingMemoryBound(to: aes67_device.self)
    readOnly = try memory.openReadOnly()
    unsafe page.pointee.magic = UInt32(AES67_MAGIC)
    unsafe page.pointee.abi = UInt32(AES67_ABI)
    unsafe page.pointee.total_bytes = UInt64(memory.byteCount)
    unsafe page.pointee.sample_rate = UInt32(AES67_RATE)
    unsafe page.pointee.channels = UInt32(AES67_CHANNELS)
    unsafe page.pointee.ring_frames = UInt32(AES67_RING_FRAMES)
    unsafe page.pointee.born_ns = born.nanoseconds
    unsafe aes67_device_beat(page, born.nanoseconds)
    unsafe aes67_device_set_minimum_period(page, minimumPeriod)
    publish(timing)
  }

  /// Publishes the timing of the senders; programs read it when they start.
  package func publish(_ timing: StreamTiming) {
    unsafe aes67_device_set_start_grid(page, timing.startGrid)
    unsafe aes67_device_set_playback_latency(page, timing.playbackLatency)
  }

  /// Publishes the frames from a sender's sampling instant to capture: the greatest link offset in force. Only
  /// the service of the receivers calls this.
  package func publish(captureLatency: UInt32) {
    unsafe aes67_device_set_capture_latency(page, captureLatency)
  }

  /// Publishes the minimum period; programs read it when they open the device.
  package func publish(minimumPeriod: UInt32) {
    unsafe aes67_device_set_minimum_period(page, minimumPeriod)
  }

  /// Publishes a clock. Called by one thread.
  package func publish(_ clock: DeviceClock) {
    var snapshot = clock.snapshot
    unsafe aes67_clock_publish(aes67_device_clock(page), &snapshot)
  }

  /// The published clock; the last reading if its writer keeps colliding, or has stopped in the middle of a
  /// write.
  package var clock: DeviceClock {
    lastClock.withLock { last in
      var snapshot = aes67_clock_snapshot()
      if unsafe aes67_clock_read(aes67_device_clock(page), &snapshot) {
        last = DeviceClock(snapshot)
      }
      return last
    }
  }

  /// Publishes the names of the channels for control programs, cut to the space of the page. Called by one
  /// thread.
  package func publish(_ labels: ChannelLabels) {
    for (direction, names) in [(AES67_PLAYBACK, labels.playback), (AES67_CAPTURE, labels.capture)] {
      var texts = [CChar](repeating: 0, count: DeviceFormat.channels * Self.labelBytes)
      for (channel, name) in names where (1...DeviceFormat.channels).contains(channel) {
        var text = name
        while text.utf8.count >= Self.labelBytes { text.removeLast() }
        for (index, byte) in text.utf8.enumerated() {
          texts[(channel - 1) * Self.labelBytes + index] = CChar(truncatingIfNeeded: byte)
        }
      }
      unsafe aes67_labels_publish(page, direction, texts)
    }
  }

  private static var labelBytes: Int { Int(AES67_LABEL_BYTES) }

  /// Publishes a client in the table that every program can read.
  func show(_ status: ClientStatus) {
    let entry = unsafe aes67_device_client_status(page, UInt32(status.slot))
    let isCapture = status.direction == .capture
    unsafe aes67_client_status_set_pid(entry, UInt32(bitPattern: status.pid))
    unsafe aes67_client_status_set_direction(
      entry, isCapture ? AES67_CAPTURE.rawValue : AES67_PLAYBACK.rawValue)
    unsafe aes67_client_status_set_channels(entry, UInt32(status.channels))
    unsafe aes67_client_status_set_first_channel(entry, UInt32(status.firstChannel - 1))
    unsafe aes67_client_status_set_running(entry, status.running ? 1 : 0)
    unsafe aes67_client_status_set_start_frame(entry, status.startFrame)
    unsafe aes67_client_status_set_frames(entry, status.frames)
    unsafe aes67_client_status_set_xruns(entry, status.xruns)
    unsafe aes67_client_status_set_period_frames(entry, status.periodFrames)
    unsafe aes67_client_status_set_buffer_frames(entry, status.bufferFrames)
    unsafe aes67_client_status_set_in_use(entry, 1)
  }

  func clear(slot: Int) {
    unsafe aes67_client_status_set_in_use(aes67_device_client_status(page, UInt32(slot)), 0)
  }
}
