// SPDX-License-Identifier: MIT

/// The state of this clock's port (8.2.5).
public struct PortDataSet: Hashable, Sendable, BitwiseCopyable {
  public var portIdentity: PortIdentity
  public var portState: PortState
  public var logMinDelayReqInterval: Int8
  public var peerMeanPathDelay: TimeInterval
  public var logAnnounceInterval: Int8
  public var announceReceiptTimeout: UInt8
  public var logSyncInterval: Int8
  /// 1 is end to end, 2 peer to peer.
  public var delayMechanism: UInt8
  public var logMinPdelayReqInterval: Int8
  public var versionNumber: UInt8

  static let size = 26

  public init(
    portIdentity: PortIdentity, portState: PortState, logMinDelayReqInterval: Int8,
    logAnnounceInterval: Int8, announceReceiptTimeout: UInt8, logSyncInterval: Int8
  ) {
    self.portIdentity = portIdentity
    self.portState = portState
    self.logMinDelayReqInterval = logMinDelayReqInterval
    self.logAnnounceInterval = logAnnounceInterval
    self.announceReceiptTimeout = announceReceiptTimeout
    self.logSyncInterval = logSyncInterval
    peerMeanPathDelay = .zero
    delayMechanism = 1
    logMinPdelayReqInterval = 0
    versionNumber = 2
  }

  /// Parses the data set; nil if the state is invalid.
  init?(_ bytes: RawSpan) {
    guard let state = PortState(rawValue: bytes.uint8(at: 10)) else { return nil }
    portIdentity = PortIdentity(bytes, at: 0)
    portState = state
    logMinDelayReqInterval = bytes.int8(at: 11)
    peerMeanPathDelay = TimeInterval(scaled: Int64(bitPattern: bytes.uint64(at: 12)))
    logAnnounceInterval = bytes.int8(at: 20)
    announceReceiptTimeout = bytes.uint8(at: 21)
    logSyncInterval = bytes.int8(at: 22)
    delayMechanism = bytes.uint8(at: 23)
    logMinPdelayReqInterval = bytes.int8(at: 24)
    versionNumber = bytes.uint8(at: 25) & 0x0F
  }

  func write(into bytes: inout MutableRawSpan, at offset: Int) {
    portIdentity.write(into: &bytes, at: offset)
    bytes.put(portState.rawValue, at: offset + 10)
    bytes.put(logMinDelayReqInterval, at: offset + 11)
    bytes.put(UInt64(bitPattern: peerMeanPathDelay.scaled), at: offset + 12)
    bytes.put(logAnnounceInterval, at: offset + 20)
    bytes.put(announceReceiptTimeout, at: offset + 21)
    bytes.put(logSyncInterval, at: offset + 22)
    bytes.put(delayMechanism, at: offset + 23)
    bytes.put(logMinPdelayReqInterval, at: offset + 24)
    bytes.put(versionNumber, at: offset + 25)
  }
}
