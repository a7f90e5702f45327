// SPDX-License-Identifier: MIT

/// The flagField of the header (13.3.2.6), octet 6 in the high byte.
public struct Flags: OptionSet, Hashable, Sendable, BitwiseCopyable {
  public var rawValue: UInt16

  public init(rawValue: UInt16) { self.rawValue = rawValue }

  public static let alternateMaster = Flags(rawValue: 0x0100)
  public static let twoStep = Flags(rawValue: 0x0200)
  public static let unicast = Flags(rawValue: 0x0400)

  // In Announce only (MSG-02).
  /// The last minute of this UTC day has 61 seconds.
  public static let leap61 = Flags(rawValue: 0x0001)
  /// The last minute of this UTC day has 59 seconds.
  public static let leap59 = Flags(rawValue: 0x0002)
  public static let currentUtcOffsetValid = Flags(rawValue: 0x0004)
  public static let ptpTimescale = Flags(rawValue: 0x0008)
  public static let timeTraceable = Flags(rawValue: 0x0010)
  public static let frequencyTraceable = Flags(rawValue: 0x0020)

  /// The flags that describe the time scale.
  public static let timeProperties = Flags(rawValue: 0x003F)
}
