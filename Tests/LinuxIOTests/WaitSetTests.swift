// SPDX-License-Identifier: MIT
import LinuxIO
import Testing

@Suite struct WaitSetTests {
  @Test func wakesForASignal() throws {
    let wakeUp = try WakeUp()
    var waits = WaitSet()
    let never = waits.add(-1)
    let place = waits.add(wakeUp.descriptor)
    waits.wait(milliseconds: 0)
    #expect(!waits.isReady(place))
    wakeUp.signal()
    waits.wait(milliseconds: nil)
    #expect(waits.isReady(place))
    #expect(!waits.isReady(never))
  }
}
