// SPDX-License-Identifier: MIT
import Addressing
import MediaClock
@_spi(Fuzzing) import PTP

/// One clock for each run. The input holds messages, each preceded by its length in a byte; 100 ms lie
/// between two of them.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  guard let first = input.first else { return 0 }
  let modes = Settings.Mode.allCases
  var now = MonotonicInstant(nanoseconds: 1_000_000_000)
  let device = DeviceClock.freeRunning(from: now, at: PTPInstant(nanoseconds: 0), rate: .hz48000)
  let settings = Settings(
    mode: modes[Int(first) % modes.count], clockIdentity: ClockIdentity(0x001D_C1FF_FE12_3456))
  guard var clock = try? OrdinaryClock(settings: settings, clock: device, seed: 1) else { return 0 }
  clock.link(isUp: true, at: now)
  var rest = input.dropFirst()
  while let length = rest.popFirst() {
    now = now + .milliseconds(100)
    clock.fuzzReceive(Array(rest.prefix(Int(length))), at: now)
    rest = rest.dropFirst(Int(length))
    if let deadline = clock.deadline, deadline <= now { clock.advance(to: now) }
  }
  return 0
}
