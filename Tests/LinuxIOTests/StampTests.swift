// SPDX-License-Identifier: MIT
import LinuxIO
import MediaClock
import Testing

/// Hardware stamps: the arithmetic with literal values, and the capabilities of this machine's drivers.
@Suite struct StampTests {
  private func reading(_ monotonic: Int64, _ card: Int64, width: Int64 = 0) -> ClockReading {
    ClockReading(
      before: MonotonicInstant(nanoseconds: monotonic - width / 2),
      time: PTPInstant(nanoseconds: card),
      after: MonotonicInstant(nanoseconds: monotonic + width / 2))
  }

  @Test("A stamp lies as far before the comparison on one clock as on the other, but for the rate")
  func carried() {
    var relation = StampRelation()
    #expect(relation.monotonic(PTPInstant(nanoseconds: 5)) == nil)
    relation.add(reading(1_000_000_000, 700_000_000_000, width: 1_000))
    let stamp = PTPInstant(nanoseconds: 700_000_000_000 - 40_000)
    #expect(relation.monotonic(stamp)?.nanoseconds == 999_960_000)
    // Two seconds later the card has gained 200 us: 100 ppm.
    relation.add(reading(3_000_000_000, 702_000_200_000))
    #expect(abs(relation.rate - 100e-6) < 1e-9)
    // 10 ms on the card's clock are 1 us less on CLOCK_MONOTONIC.
    let later = PTPInstant(nanoseconds: 702_000_200_000 - 10_000_000)
    #expect(relation.monotonic(later) == MonotonicInstant(nanoseconds: 2_990_001_000))
  }

  @Test("Stamps of another clock, of the future or of the distant past are refused")
  func refused() {
    var relation = StampRelation()
    relation.add(reading(1_000_000_000, 700_000_000_000))
    for distance: Int64 in [-37_000_000_000, -1_000_000_000, 1_000_001, 37_000_000_000] {
      #expect(relation.monotonic(PTPInstant(nanoseconds: 700_000_000_000 + distance)) == nil)
    }
    #expect(relation.monotonic(PTPInstant(nanoseconds: .min)) == nil)
    #expect(relation.monotonic(PTPInstant(nanoseconds: 700_000_999_999)) != nil)
  }

  @Test("Setting the card's clock does not change the rate")
  func set() {
    var relation = StampRelation()
    relation.add(reading(1_000_000_000, 700_000_000_000))
    relation.add(reading(2_000_000_000, 701_000_050_000))
    relation.add(reading(3_000_000_000, 5_000_000_000_000))
    #expect(abs(relation.rate - 50e-6) < 1e-9)
    relation.add(reading(4_000_000_000, 5_001_000_020_000))
    #expect(abs(relation.rate - 20e-6) < 1e-9)
  }

  // The capabilities that ethtool -T shows for an Intel i210, an 82574L, and a veth.
  @Test(arguments: [
    (
      0x5F as UInt32, 0 as Int32, 0b11 as UInt32, 0b1_0000_0000_0001 as UInt32, 0 as Int32?,
      12 as Int32?
    ),
    (0x5F, 3, 0b11, 0b100_0010, 3, 6),
    (0x5F, 3, 0b11, 0b10, 3, 1),
    (0x1A, -1, 0, 0, nil, nil),
    // A card that stamps only PTPv1, one without transmit stamps, and one without a clock.
    (0x5F, 3, 0b11, 0b1000, nil, nil),
    (0x5F, 3, 0b01, 0b10, nil, nil),
    (0x5F, -1, 0b11, 0b10, nil, nil),
  ])
  func capabilities(
    _ flags: UInt32, _ clock: Int32, _ types: UInt32, _ filters: UInt32, _ found: Int32?,
    _ filter: Int32?
  ) {
    let capabilities = StampCapabilities(
      flags: flags, clock: clock, transmitTypes: types, receiveFilters: filters)
    #expect(capabilities.hardwareClock == found && capabilities.filter == filter)
    #expect(capabilities.softwareTransmit)
  }

  @Test("The loopback interface stamps only in software, and refuses hardware stamps")
  func loopback() throws {
    let capabilities = try StampCapabilities.of("lo")
    #expect(capabilities.softwareTransmit && capabilities.hardwareClock == nil)
    let wanted = StampCapabilities(flags: 0x5F, clock: 0, transmitTypes: 3, receiveFilters: 2)
    #expect(throws: SystemError.self) { try wanted.enableHardware(on: "lo") }
    #expect(throws: SystemError.self) { try StampCapabilities.of("gone0") }
  }
}
