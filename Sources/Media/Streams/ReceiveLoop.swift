// SPDX-License-Identifier: MIT
internal import CSharedMemory
internal import LinuxIO
internal import MediaClock
internal import RealTime
internal import StreamEngine
internal import Synchronization

/// The receive thread, which wakes when packets have arrived, and passes them to the engine.
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
  private var lookTimer = LookTimer()
  private var rounds: UInt64 = 0
  /// True if there is a stream to wait for.
  private var isWaiting = false
  /// The receivers whose sockets the poller reports, one bit each; also for places without a receiver, because
  /// sockets are reported from the start.
  private var reported = UInt64.max

  /// - Parameters:
  ///   - poller: identifies each receiver's socket by the receiver's index.
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
      let (readable, isTimer) = readiness(count)
      // After a sleep each stream has one packet, and asking for more costs a tenth of it again; without a sleep, all
      // packets are read. From time to time, too: a socket that the thread does not wait for may have two.
      let hasSlept = now - before >= ReceiveLoop.shortestSleep
      if hasSlept { unsafe flags.pointee.wakeUps.add() }
      let isUsual = hasSlept && !isTimer && rounds & 63 != 0
      drain(readable, isTimer: isTimer, limit: isUsual ? 1 : PacketBatch.capacity)
      engine.publish()
      isWaiting = engine.hasReceivers
      waitForOthers()
      setTimer(now)
      rounds &+= 1
      unsafe flags.pointee.sharedPackets.set(engine.sharedPackets)
      unsafe flags.pointee.receiveRounds.add()
    }
  }

  /// The poller's result: readable receivers, one bit each, and whether the timer has expired.
  @_noLocks @_noAllocation
  private mutating func readiness(_ count: Int) -> (readable: UInt64, isTimer: Bool) {
    var readable: UInt64 = 0
    var isTimer = false
    for index in 0..<count {
      if ready[index] == Poller.timerNumber {
        isTimer = true
        lookTimer.runOut()
        unsafe flags.pointee.timerWakeUps.add()
      } else if ready[index] < Poller.timerNumber {
        readable |= 1 << UInt64(ready[index])
      }
    }
    return (readable, isTimer)
  }

  /// Makes the poller report the sockets that the engine waits for.
  @_noLocks @_noAllocation
  private mutating func waitForOthers() {
    // A place without a receiver gets a socket that is reported.
    let wanted = engine.waited | ~engine.present
    var changed = wanted ^ reported
    guard changed != 0 else { return }
    reported = wanted
    unsafe flags.pointee.waitedSockets.set(UInt64(engine.waited.nonzeroBitCount))
    while changed != 0 {
      let receiver = changed.trailingZeroBitCount
      changed &= changed &- 1
      let socket = unsafe sockets[receiver].load(ordering: .acquiring)
      guard socket >= 0 else { continue }
      Poller.change(
        socket, number: UInt32(receiver), on: poller,
        waits: wanted >> UInt64(receiver) & 1 == 1)
      unsafe flags.pointee.waitChanges.add()
    }
  }

  /// Sets the timer for streams that have stopped, and for sockets that the thread does not wait for.
  @_noLocks @_noAllocation
  private mutating func setTimer(_ now: MonotonicInstant) {
    let due = lookTimer.set(
      look: engine.nextLook, limit: engine.nextGuard, packetTime: engine.shortestPacketTime, at: now
    )
    if let due { Poller.set(timer: timer, to: due) }
  }

  /// The longest sleep in milliseconds: with receivers, and without.
  private static var longestSleep: Int32 { @_noLocks @_noAllocation get { 5 } }
  private static var longestRest: Int32 { @_noLocks @_noAllocation get { 20 } }

  /// The shortest useful sleep; reading the sockets without sleeping takes less.
  private static var shortestSleep: Interval {
    @_noLocks @_noAllocation get { Interval(nanoseconds: 5_000) }
  }

  @_noLocks @_noAllocation
  private mutating func drain(_ readable: UInt64, isTimer: Bool, limit: Int) {
    var rest = engine.askable(ready: readable, isTimer: isTimer)
    while rest != 0 {
      drain(rest.trailingZeroBitCount, limit: limit)
      rest &= rest &- 1
    }
  }

  // Bounded: packets beyond four batches a round, and those beyond the limit, wait for the next round.
  @_noLocks @_noAllocation
  private mutating func drain(_ receiver: Int, limit: Int) {
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
