// SPDX-License-Identifier: MIT
public import Addressing

/// The properties of this clock (8.2.1), which it would announce as grandmaster.
public struct DefaultDataSet: Hashable, Sendable, BitwiseCopyable {
  public var twoStep: Bool
  public var slaveOnly: Bool
  public var numberPorts: UInt16
  public var priority1: UInt8
  public var clockQuality: ClockQuality
  public var priority2: UInt8
  public var clockIdentity: ClockIdentity
  public var domainNumber: UInt8

  static let size = 20

  public init(
    twoStep: Bool = true, slaveOnly: Bool = false, numberPorts: UInt16 = 1, priority1: UInt8,
    clockQuality: ClockQuality, priority2: UInt8, clockIdentity: ClockIdentity,
    domainNumber: UInt8
  ) {
    self.twoStep = twoStep
    self.slaveOnly = slaveOnly
    self.numberPorts = numberPorts
    self.priority1 = priority1
    self.clockQuality = clockQuality
    self.priority2 = priority2
    self.clockIdentity = clockIdentity
    self.domainNumber = domainNumber
  }

  init(_ bytes: RawSpan) {
    twoStep = bytes.uint8(at: 0) & 1 != 0
    slaveOnly = bytes.uint8(at: 0) & 2 != 0
    numberPorts = bytes.uint16(at: 2)
    priority1 = bytes.uint8(at: 4)
    clockQuality = ClockQuality(bytes, at: 5)
    priority2 = bytes.uint8(at: 9)
    clockIdentity = ClockIdentity(bytes.uint64(at: 10))
    domainNumber = bytes.uint8(at: 18)
  }

  func write(into bytes: inout MutableRawSpan, at offset: Int) {
    bytes.put(UInt8(twoStep ? 1 : 0) | UInt8(slaveOnly ? 2 : 0), at: offset)
    bytes.put(0 as UInt8, at: offset + 1)
    bytes.put(numberPorts, at: offset + 2)
    bytes.put(priority1, at: offset + 4)
    clockQuality.write(into: &bytes, at: offset + 5)
    bytes.put(priority2, at: offset + 9)
    bytes.put(clockIdentity.bits, at: offset + 10)
    bytes.put(domainNumber, at: offset + 18)
    bytes.put(0 as UInt8, at: offset + 19)
  }
}
