// SPDX-License-Identifier: MIT

/// A profile (19.3): the default values of an ordinary clock, and their ranges.
public struct Profile: Hashable, Sendable {
  /// One attribute: its value, and the range for overriding it.
  public struct Attribute: Hashable, Sendable {
    public var initial: Int
    public var range: ClosedRange<Int>

    init(_ initial: Int, _ range: ClosedRange<Int>) {
      self.initial = initial
      self.range = range
    }
  }

  /// The name in the configuration.
  public var name: String
  public var domainNumber: Attribute
  public var logAnnounceInterval: Attribute
  public var announceReceiptTimeout: Attribute
  public var logSyncInterval: Attribute
  public var logMinDelayReqInterval: Attribute

  /// AES67, Annex A: the media profile.
  public static let aes67 = Profile(
    name: "aes67", domainNumber: Attribute(0, 0...127), logAnnounceInterval: Attribute(1, 0...4),
    announceReceiptTimeout: Attribute(3, 2...10), logSyncInterval: Attribute(-3, -4...1),
    logMinDelayReqInterval: Attribute(0, -3...5))

  /// AES-R16: the common ground of AES67 and ST 2059-2 devices.
  public static let r16 = Profile(
    name: "r16", domainNumber: Attribute(0, 0...127), logAnnounceInterval: Attribute(0, 0...1),
    announceReceiptTimeout: Attribute(3, 2...10), logSyncInterval: Attribute(-3, -4 ... -1),
    logMinDelayReqInterval: Attribute(-3, -4...5))

  /// SMPTE ST 2059-2.
  public static let st2059 = Profile(
    name: "st2059-2", domainNumber: Attribute(127, 0...127),
    logAnnounceInterval: Attribute(-2, -3...1), announceReceiptTimeout: Attribute(3, 2...10),
    logSyncInterval: Attribute(-3, -7 ... -1), logMinDelayReqInterval: Attribute(-3, -7...4))

  /// IEEE 1588-2008, Annex J.3: end to end.
  public static let ieee1588 = Profile(
    name: "default", domainNumber: Attribute(0, 0...127),
    logAnnounceInterval: Attribute(1, 0...4), announceReceiptTimeout: Attribute(3, 2...10),
    logSyncInterval: Attribute(0, -1...1), logMinDelayReqInterval: Attribute(0, 0...5))

  public static let all: [Profile] = [.aes67, .r16, .st2059, .ieee1588]

  /// The profile of that name in a configuration.
  public init?(named name: String) {
    guard let profile = Profile.all.first(where: { $0.name == name }) else { return nil }
    self = profile
  }

  private init(
    name: String, domainNumber: Attribute, logAnnounceInterval: Attribute,
    announceReceiptTimeout: Attribute, logSyncInterval: Attribute,
    logMinDelayReqInterval: Attribute
  ) {
    self.name = name
    self.domainNumber = domainNumber
    self.logAnnounceInterval = logAnnounceInterval
    self.announceReceiptTimeout = announceReceiptTimeout
    self.logSyncInterval = logSyncInterval
    self.logMinDelayReqInterval = logMinDelayReqInterval
  }
}
