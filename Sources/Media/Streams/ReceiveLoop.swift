// SPDX-License-Identifier: MIT
internal import CSharedMemory
internal import LinuxIO
internal import MediaClock
internal import RealTime
internal import StreamEngine
internal import Synchronization

/// The receive thread: wakes when packets came, and lets the engine put them in their place.
@safe
struct ReceiveLoop: ~Copyable {
  // Safety: `MediaMemory` is never freed.
  private let flags: UnsafePointer<MediaFlags>
  private let sockets: UnsafePointer<Atomic<Int32>>
  private let poller: Int32
  private let timer: Int32
  private var engine: ReceiveEngine
  private let batch: PacketBatch
  private var ready = InlineArray<64, UInt32>(repeating: 0)
  /// The timer has been set and has not run out.
  private var isTimerSet = false
  /// Some stream's packets are waited for.
  private var isWaiting = false

  /// - Parameters:
  ///   - poller: knows each receiver's socket by the receiver's index.
  ///   - timer: the poller's, for this thread alone.
  init(_ memory: MediaMemory, poller: Int32, timer: Int32, batch: consuming PacketBatch) {
    unsafe flags = unsafe UnsafePointer(memory.flags)
    unsafe sockets = unsafe UnsafePointer(memory.receiverSockets)
    self.poller = poller
    self.timer = timer
    unsafe engine = ReceiveEngine(
      device: memory.device, memory: memory.receivers, commands: memory.receiveCommands,
      returns: memory.receiveReturns,
      glitches: memory.glitches)
    self.batch = batch
  }

  @_noLocks @_noAllocation
  mutating func run() {
    while unsafe !flags.pointee.stopped.load(ordering: .relaxed) {
      let before = MonotonicClock.now
      // The ring is cleared ahead and gaps are settled without packets, too.
      let count = Poller.wait(
        on: poller, into: &ready,
        milliseconds: isWaiting ? ReceiveLoop.longestSleep : ReceiveLoop.longestRest)
      let now = MonotonicClock.now
      engine.advance(to: now)
      // After a sleep each stream has one packet, and to ask for more costs a tenth of it again;
      // where there was no time to sleep, as many as there are.
      let hasSlept = now - before >= ReceiveLoop.shortestSleep
      for index in 0..<count {
        if ready[index] == Poller.timerNumber { isTimerSet = false }
        drain(Int(ready[index]), limit: hasSlept ? 1 : PacketBatch.capacity)
      }
      engine.publish()
      isWaiting = engine.hasReceivers
      if !isTimerSet { setTimer(now) }
      unsafe flags.pointee.receiveRounds.add()
    }
  }

  /// Lets the thread look in time at a stream that has broken off. Packets that come meanwhile leave the
  /// timer as it is: when it runs out, it is set anew, by what is known then.
  @_noLocks @_noAllocation
  private mutating func setTimer(_ now: MonotonicInstant) {
    guard let look = engine.nextLook else { return }
    let earliest = now + Interval(nanoseconds: 1_000_000)
    let latest = now + Interval(nanoseconds: 5_000_000)
    Poller.set(timer: timer, to: max(earliest, min(look, latest)))
    isTimerSet = true
  }

  /// In milliseconds: while packets are waited for, and while there is no receiver.
  private static var longestSleep: Int32 { @_noLocks @_noAllocation get { 5 } }
  private static var longestRest: Int32 { @_noLocks @_noAllocation get { 20 } }

  /// To look at the sockets without sleeping takes less.
  private static var shortestSleep: Interval {
    @_noLocks @_noAllocation get { Interval(nanoseconds: 5_000) }
  }

  // Bounded: what arrives faster than four batches a round waits for the next one, as does what is left
  // by the limit.
  @_noLocks @_noAllocation
  private mutating func drain(_ receiver: Int, limit: Int) {
    guard receiver < Int(Poller.timerNumber) else { return }
    for _ in 0..<4 {
      let socket = unsafe sockets[receiver].load(ordering: .acquiring)
      guard socket >= 0 else { return }
      let count = batch.receive(on: socket, limit: limit)
      guard count > 0 else { return }
      for index in 0..<count {
        let source = batch.source(index)
        // Safety: the bytes stay until the next receive.
        unsafe engine.receive(
          batch.received(index).bytes,
          from: PacketSource(address: source.address, port: source.port), receiver: receiver)
      }
      guard count == PacketBatch.capacity else { return }
    }
  }
}
