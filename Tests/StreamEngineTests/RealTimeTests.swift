// SPDX-License-Identifier: MIT
import CAllocationProbe
import CSharedMemory
import MediaClock
import RealTime
import StreamEngine
import StreamEngineBench
import Testing

@Suite("Real-time rules")
struct RealTimeTests {
  @Test(
    "The media path never uses the heap",
    .enabled(if: allocation_probe_active() == 1, "a sanitizer owns the heap"))
  func allocations() throws {
    let seen = allocation_probe_count()
    var array: [Int] = []
    array.reserveCapacity(1_000)
    try #require(
      allocation_probe_count() > seen + UInt64(array.count),
      "the probe does not see the heap")
    let bench = EngineBench()
    for index in 0..<8 {
      bench.startSender(index, firstChannel: index * 8)
      bench.startReceiver(index, firstChannel: index * 8)
    }
    for slot in 0..<4 {
      let client = PlayingClient()
      client.write(30_000, pattern)
      client.start(at: DeviceFrame(0))
      bench.attach(client, slot: slot)
    }
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: TransmitEngine.packetCapacity, alignment: 8)
    defer { unsafe memory.deallocate() }
    // The first rounds execute the commands, which is real-time work as well.
    let before = allocation_probe_count()
    var packets = 0
    var step: Int64 = 0
    while step < 500 {  // A range would allocate in a debug build.
      bench.set(DeviceFrame(step * 48))
      unsafe packets += round(bench, memory)
      step += 1
    }
    // Read before the macro, which itself allocates.
    let calls = allocation_probe_count() - before
    #expect(calls == 0)
    #expect(packets == 8 * 499)
  }

  /// One round of both threads, as the daemon's loops make it.
  private func round(_ bench: EngineBench, _ memory: UnsafeMutableRawBufferPointer) -> Int {
    let instant = bench.instant(of: bench.now)
    bench.transmit.advance(to: instant)
    bench.receive.advance(to: instant)
    var packets = 0
    var bytes = unsafe memory.mutableBytes
    while let packet = bench.transmit.nextPacket(into: &bytes) {
      unsafe bench.receive.receive(
        UnsafeRawBufferPointer(start: memory.baseAddress, count: packet.length).bytes,
        from: EngineBench.source, receiver: packet.sender)
      packets += 1
    }
    bench.receive.publish()
    return packets
  }
}

// Tasks that wait yield, because the pool has no more threads than the machine has cores.
@Suite("Exchange between threads (also run under the thread sanitizer)")
struct ThreadTests {
  @Test("A reading of the clock is never torn")
  func clock() async {
    let bench = EngineBench()
    nonisolated(unsafe) let clock = unsafe aes67_device_clock(bench.device)
    let rounds: Int64 = 200_000
    let writer = Task.detached {
      for step in 1...rounds {
        var value = aes67_clock_snapshot(
          monotonic_ns: step, frame: step * 3, fraction: UInt64(step) * 5, rate: UInt64(step) * 7,
          media_offset: step * 11, state: UInt32(step % 5), generation: UInt32(step))
        unsafe aes67_clock_publish(clock, &value)
      }
    }
    let reader = Task.detached { () -> (torn: Int, read: Int) in
      var (torn, read) = (0, 0)
      var value = aes67_clock_snapshot()
      repeat {
        guard unsafe aes67_clock_read(clock, &value), value.generation > 0 else {
          await Task.yield()
          continue
        }
        read += 1
        let step = value.monotonic_ns
        let whole =
          value.frame == step * 3 && value.fraction == UInt64(step) * 5
          && value.rate == UInt64(step) * 7 && value.media_offset == step * 11
          && value.state == UInt32(step % 5) && value.generation == UInt32(step)
        if !whole { torn += 1 }
      } while value.monotonic_ns < rounds
      return (torn, read)
    }
    await writer.value
    let result = await reader.value
    #expect(result.torn == 0)
    #expect(result.read > 0)
    withExtendedLifetime(bench) {}
  }

  @Test("A queue loses nothing and keeps the order")
  func queue() async {
    let box = QueueBox<Int>(capacity: 8)
    let queue = box.queue
    let count = 200_000
    let pushing = Task.detached {
      var next = 0
      while next < count {
        if queue.push(next) { next += 1 } else { await Task.yield() }
      }
    }
    let popping = Task.detached { () -> Int? in
      var expected = 0
      while expected < count {
        guard let value = queue.pop() else {
          await Task.yield()
          continue
        }
        if value != expected { return value }
        expected += 1
      }
      return nil
    }
    await pushing.value
    #expect(await popping.value == nil)
    withExtendedLifetime(box) {}
  }

  @Test("The engine reads all frames that a client has extended")
  func playback() async {
    let bench = EngineBench()
    bench.startSender(channels: 8, packetTime: .us125)
    let client = PlayingClient(channels: 8)
    client.start(at: DeviceFrame(0))
    bench.attach(client)
    let blocks = 4_000
    nonisolated(unsafe) let page = unsafe client.page
    nonisolated(unsafe) let player = client
    let writing = Task.detached {
      for _ in 0..<blocks {
        unsafe player.write(6, pattern)
        unsafe player.extend()
      }
    }
    var (wrong, checked) = (0, 0)
    var frame: Int64 = 0
    while frame < Int64(blocks * 6) {  // All frames, even if the writer is done before.
      var value = aes67_playback_snapshot()
      guard unsafe aes67_client_read(page, &value) else { continue }
      guard frame + 6 <= Int64(value.written_through) else {
        await Task.yield()
        continue
      }
      frame += 6
      bench.set(DeviceFrame(frame))
      for packet in bench.packets() {
        let stamp = header(packet.bytes).timestamp
        let first = Int64(
          stamp &- UInt32(truncatingIfNeeded: EngineBench.mediaOffset.frames))
        for (index, values) in samples(packet.bytes, channels: 8).enumerated() {
          let expected = (0..<8).map { pattern(Int(first) + index, $0) }
          if values != expected { wrong += 1 }
          checked += 1
        }
      }
    }
    await writing.value
    #expect(wrong == 0)
    #expect(checked > 5 * blocks)
  }
}
