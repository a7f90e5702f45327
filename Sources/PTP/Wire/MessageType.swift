// SPDX-License-Identifier: MIT

/// The messageType of the header (13.3.2.2).
public enum MessageType: UInt8, CaseIterable, Hashable, Sendable, BitwiseCopyable {
  case sync = 0x0
  case delayReq = 0x1
  case pdelayReq = 0x2
  case pdelayResp = 0x3
  case followUp = 0x8
  case delayResp = 0x9
  case pdelayRespFollowUp = 0xA
  case announce = 0xB
  case signaling = 0xC
  case management = 0xD

  /// Event messages are timestamped and sent to port 319, general ones to port 320.
  public var isEvent: Bool { rawValue < 0x8 }

  /// The size in bytes, with the header and without TLVs.
  public var size: Int {
    switch self {
    case .sync, .delayReq, .followUp, .signaling: 44
    case .pdelayReq, .pdelayResp, .delayResp, .pdelayRespFollowUp: 54
    case .announce: 64
    case .management: 48
    }
  }

  /// The field for PTPv1 hardware (13.3.2.10).
  var controlField: UInt8 {
    switch self {
    case .sync: 0
    case .delayReq: 1
    case .followUp: 2
    case .delayResp: 3
    case .management: 4
    default: 5
    }
  }
}
