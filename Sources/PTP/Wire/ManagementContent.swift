// SPDX-License-Identifier: MIT

/// The managementId of a data set (15.5.2.3, table 40).
public struct ManagementID: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  public var rawValue: UInt16
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  public static let null = ManagementID(rawValue: 0x0000)
  public static let defaultDataSet = ManagementID(rawValue: 0x2000)
  public static let currentDataSet = ManagementID(rawValue: 0x2001)
  public static let parentDataSet = ManagementID(rawValue: 0x2002)
  public static let timePropertiesDataSet = ManagementID(rawValue: 0x2003)
  public static let portDataSet = ManagementID(rawValue: 0x2004)
  public static let priority1 = ManagementID(rawValue: 0x2005)
  public static let priority2 = ManagementID(rawValue: 0x2006)
  public static let domain = ManagementID(rawValue: 0x2007)
}

/// The reason why a management request is refused (15.5.4.2).
public struct ManagementError: Hashable, Sendable, BitwiseCopyable {
  public enum Reason: UInt16, Sendable, BitwiseCopyable {
    case responseTooBig = 1
    case noSuchID = 2
    case wrongLength = 3
    case wrongValue = 4
    case notSettable = 5
    case notSupported = 6
    case general = 0xFFFE
  }

  public var reason: Reason
  public var id: ManagementID

  public init(_ reason: Reason, _ id: ManagementID) {
    self.reason = reason
    self.id = id
  }
}

/// The TLV of a management message.
public enum ManagementContent: Hashable, Sendable {
  /// No TLV at all.
  case nothing
  /// An identifier without data, as in the requests of most programs.
  case request(ManagementID)
  case defaultDataSet(DefaultDataSet)
  case currentDataSet(CurrentDataSet)
  case parentDataSet(ParentDataSet)
  case timePropertiesDataSet(TimePropertiesDataSet)
  case portDataSet(PortDataSet)
  case priority1(UInt8)
  case priority2(UInt8)
  case domain(UInt8)
  case error(ManagementError)
  /// Data that this clock does not interpret, of any length.
  case other(ManagementID, [UInt8])
  /// A TLV other than management's.
  case foreign(TLV)

  static let tlvType: UInt16 = 0x0001
  static let errorTLVType: UInt16 = 0x0002

  /// The data set of the content; nil if there is none.
  public var id: ManagementID? {
    switch self {
    case .nothing, .foreign: nil
    case .request(let id), .other(let id, _): id
    case .error(let error): error.id
    case .defaultDataSet: .defaultDataSet
    case .currentDataSet: .currentDataSet
    case .parentDataSet: .parentDataSet
    case .timePropertiesDataSet: .timePropertiesDataSet
    case .portDataSet: .portDataSet
    case .priority1: .priority1
    case .priority2: .priority2
    case .domain: .domain
    }
  }

  /// The size in bytes, without the six of TLV header and identifier.
  private var dataSize: Int {
    switch self {
    case .nothing, .request, .error, .foreign: 0
    case .defaultDataSet: DefaultDataSet.size
    case .currentDataSet: CurrentDataSet.size
    case .parentDataSet: ParentDataSet.size
    case .timePropertiesDataSet: TimePropertiesDataSet.size
    case .portDataSet: PortDataSet.size
    case .priority1, .priority2, .domain: 2
    case .other(_, let data): data.count
    }
  }

  /// The size in bytes, with the TLV header.
  var size: Int {
    switch self {
    case .nothing: 0
    case .error: 12
    case .foreign(let tlv): tlv.size
    default: 6 + dataSize
    }
  }
}
