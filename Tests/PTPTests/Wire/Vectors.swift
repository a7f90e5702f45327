// SPDX-License-Identifier: MIT
import Addressing
import PTP

/// A message as bytes and as a value, for tests in both directions.
struct Vector: Sendable, CustomStringConvertible {
  var name: String
  var hex: String
  var message: Message

  var description: String { name }
  var bytes: [UInt8] { [UInt8](hex: hex) }
}

extension [UInt8] {
  init(hex: String) {
    let digits = hex.compactMap(\.hexDigitValue)
    self = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
  }
}

private let master = PortIdentity(
  clockIdentity: ClockIdentity(0xCE73_D9FF_FE8B_7E7F), portNumber: 1)
private let slave = PortIdentity(
  clockIdentity: ClockIdentity(0x001D_C1FF_FE12_3456), portNumber: 2)
private let time = Timestamp(seconds: 0x0001_6564_3B2A, nanoseconds: 999_999_999)

private func header(
  _ flags: Flags = [], correction: Int64 = 0, from source: PortIdentity = master,
  sequence: UInt16 = 1, log: Int8 = 0x7F
) -> Header {
  Header(
    domainNumber: 0, flags: flags, correctionField: TimeInterval(scaled: correction),
    sourcePortIdentity: source, sequenceId: sequence, logMessageInterval: log)
}

private func management(_ action: ManagementAction, _ content: ManagementContent) -> Message.Body {
  .management(
    Management(
      targetPortIdentity: .all, startingBoundaryHops: 1, boundaryHops: 1, action: action,
      content: content))
}

/// The frame of a management message: type, length, action, and the TLV.
private func managementHex(_ length: String, _ action: String, _ tlv: String) -> String {
  "0d02 \(length) 0000 0000 0000000000000000 00000000 ce73d9fffe8b7e7f0001 0001 04 7f"
    + "ffffffffffffffffffff 01 01 \(action) 00 \(tlv)"
}

let messageVectors: [Vector] = [
  Vector(
    name: "Announce, as ptp4l -S sends it",
    hex: "0b020040000000000000000000000000 00000000 ce73d9fffe8b7e7f 0001 0000 05 01"
      + "00000000000000000000 0025 00 78 f8 fe ffff 80 ce73d9fffe8b7e7f 0000 a0",
    message: Message(
      header(sequence: 0, log: 1),
      .announce(
        Announce(
          currentUtcOffset: 37, grandmasterPriority1: 0x78,
          grandmasterClockQuality: ClockQuality(
            clockClass: 248, clockAccuracy: 0xFE, offsetScaledLogVariance: 0xFFFF),
          grandmasterPriority2: 128, grandmasterIdentity: master.clockIdentity, stepsRemoved: 0,
          timeSource: 0xA0)))),
  Vector(
    name: "Announce with flags and a negative offset",
    hex: "0b0200400000003c0000000000000000 00000000 ce73d9fffe8b7e7f 0001 ffff 05 fe"
      + "000165643b2a3b9ac9ff ffdb 00 80 06 21 4e5d 7f 001dc1fffe123456 0102 20",
    message: Message(
      header(
        [.currentUtcOffsetValid, .ptpTimescale, .timeTraceable, .frequencyTraceable],
        sequence: 65_535, log: -2),
      .announce(
        Announce(
          originTimestamp: time, currentUtcOffset: -37, grandmasterPriority1: 128,
          grandmasterClockQuality: ClockQuality(
            clockClass: 6, clockAccuracy: 0x21, offsetScaledLogVariance: 0x4E5D),
          grandmasterPriority2: 127, grandmasterIdentity: slave.clockIdentity,
          stepsRemoved: 0x0102, timeSource: 0x20)))),
  Vector(
    name: "Sync, two-step",
    hex: "0002002c00000200 0000000000000000 00000000 ce73d9fffe8b7e7f 0001 1234 00 fd"
      + "00000000000000000000",
    message: Message(
      header(.twoStep, sequence: 0x1234, log: -3), .sync(Sync(originTimestamp: .zero)))),
  Vector(
    name: "Sync, one-step, corrected by minus half a nanosecond",
    hex: "0002002c00000000 ffffffffffff8000 00000000 ce73d9fffe8b7e7f 0001 0001 00 00"
      + "000165643b2a3b9ac9ff",
    message: Message(header(correction: -0x8000, log: 0), .sync(Sync(originTimestamp: time)))),
  Vector(
    name: "Follow_Up",
    hex: "0802002c00000000 0000000000018000 00000000 ce73d9fffe8b7e7f 0001 1234 02 fd"
      + "000165643b2a3b9ac9ff",
    message: Message(
      header(correction: 0x18000, sequence: 0x1234, log: -3),
      .followUp(FollowUp(preciseOriginTimestamp: time)))),
  Vector(
    name: "Delay_Req",
    hex: "0102002c00000000 0000000000000000 00000000 001dc1fffe123456 0002 0001 01 7f"
      + "00000000000000000000",
    message: Message(header(from: slave), .delayReq(DelayReq(originTimestamp: .zero)))),
  Vector(
    name: "Delay_Resp, with the greatest seconds",
    hex: "0902003600000400 0000000000000000 00000000 ce73d9fffe8b7e7f 0001 0001 03 7f"
      + "ffffffffffffffffffff 001dc1fffe123456 0002",
    message: Message(
      header(.unicast),
      .delayResp(
        DelayResp(
          receiveTimestamp: Timestamp(seconds: 0xFFFF_FFFF_FFFF, nanoseconds: .max),
          requestingPortIdentity: slave)))),
  Vector(
    name: "Pdelay_Req",
    hex: "0202003600000000 0000000000000000 00000000 ce73d9fffe8b7e7f 0001 0001 05 7f"
      + "000165643b2a3b9ac9ff 00000000000000000000",
    message: Message(header(), .pdelayReq(PdelayReq(originTimestamp: time)))),
  Vector(
    name: "Pdelay_Resp",
    hex: "0302003600000200 0000000000000000 00000000 ce73d9fffe8b7e7f 0001 0001 05 7f"
      + "000165643b2a3b9ac9ff 001dc1fffe123456 0002",
    message: Message(
      header(.twoStep),
      .pdelayResp(PdelayResp(requestReceiptTimestamp: time, requestingPortIdentity: slave)))),
  Vector(
    name: "Pdelay_Resp_Follow_Up",
    hex: "0a02003600000000 0000000000000000 00000000 ce73d9fffe8b7e7f 0001 0001 05 7f"
      + "000165643b2a3b9ac9ff 001dc1fffe123456 0002",
    message: Message(
      header(),
      .pdelayRespFollowUp(
        PdelayRespFollowUp(responseOriginTimestamp: time, requestingPortIdentity: slave)))),
  Vector(
    name: "Signaling with two TLVs",
    hex: "0c02003a00000000 0000000000000000 00000000 ce73d9fffe8b7e7f 0001 0001 05 7f"
      + "ffffffffffffffffffff 0004 0006 b00000000e10 8000 0000",
    message: Message(
      header(),
      .signaling(
        Signaling(
          targetPortIdentity: .all,
          tlvs: [
            TLV(type: 4, value: [0xB0, 0, 0, 0, 0x0E, 0x10]), TLV(type: 0x8000, value: []),
          ])))),
]

let managementVectors: [Vector] = [
  Vector(
    name: "GET DEFAULT_DATA_SET", hex: managementHex("0036", "00", "0001 0002 2000"),
    message: Message(header(), management(.get, .request(.defaultDataSet)))),
  Vector(
    name: "DEFAULT_DATA_SET",
    hex: managementHex(
      "004a", "02",
      "0001 0016 2000 01 00 0001 ff f8 fe ffff 80 ce73d9fffe8b7e7f 00 00"),
    message: Message(
      header(),
      management(
        .response,
        .defaultDataSet(
          DefaultDataSet(
            priority1: 255,
            clockQuality: ClockQuality(
              clockClass: 248, clockAccuracy: 0xFE, offsetScaledLogVariance: 0xFFFF),
            priority2: 128, clockIdentity: master.clockIdentity, domainNumber: 0))))),
  Vector(
    name: "CURRENT_DATA_SET",
    hex: managementHex("0048", "02", "0001 0014 2001 0001 ffffffffffff0000 0000000008340000"),
    message: Message(
      header(),
      management(
        .response,
        .currentDataSet(
          CurrentDataSet(
            stepsRemoved: 1, offsetFromMaster: TimeInterval(scaled: -0x10000),
            meanPathDelay: TimeInterval(scaled: 2100 << 16)))))),
  Vector(
    name: "PARENT_DATA_SET",
    hex: managementHex(
      "0056", "02",
      "0001 0022 2002 ce73d9fffe8b7e7f 0001 00 00 ffff 7fffffff 80 06 21 4e5d 7f"
        + "001dc1fffe123456"),
    message: Message(
      header(),
      management(
        .response,
        .parentDataSet(
          ParentDataSet(
            parentPortIdentity: master, grandmasterPriority1: 128,
            grandmasterClockQuality: ClockQuality(
              clockClass: 6, clockAccuracy: 0x21, offsetScaledLogVariance: 0x4E5D),
            grandmasterPriority2: 127, grandmasterIdentity: slave.clockIdentity))))),
  Vector(
    name: "TIME_PROPERTIES_DATA_SET",
    hex: managementHex("003a", "02", "0001 0006 2003 0025 0c a0"),
    message: Message(
      header(),
      management(
        .response,
        .timePropertiesDataSet(
          TimePropertiesDataSet(
            currentUtcOffset: 37, flags: [.ptpTimescale, .currentUtcOffsetValid], timeSource: 0xA0)
        )))),
  Vector(
    name: "PORT_DATA_SET",
    hex: managementHex(
      "0050", "02",
      "0001 001c 2004 ce73d9fffe8b7e7f 0001 09 00 0000000000000000 01 03 fd 01 00 02"),
    message: Message(
      header(),
      management(
        .response,
        .portDataSet(
          PortDataSet(
            portIdentity: master, portState: .slave, logMinDelayReqInterval: 0,
            logAnnounceInterval: 1, announceReceiptTimeout: 3, logSyncInterval: -3))))),
  Vector(
    name: "PRIORITY1", hex: managementHex("0038", "02", "0001 0004 2005 ff 00"),
    message: Message(header(), management(.response, .priority1(255)))),
  Vector(
    name: "NULL", hex: managementHex("0036", "02", "0001 0002 0000"),
    message: Message(header(), management(.response, .request(.null)))),
  Vector(
    name: "no TLV", hex: managementHex("0030", "00", ""),
    message: Message(header(), management(.get, .nothing))),
  Vector(
    name: "MANAGEMENT_ERROR_STATUS",
    hex: managementHex("003c", "02", "0002 0008 0002 200c 00000000"),
    message: Message(
      header(),
      management(
        .response, .error(ManagementError(.noSuchID, ManagementID(rawValue: 0x200C)))))),
  Vector(
    name: "data of the wrong length", hex: managementHex("003a", "01", "0001 0006 2005 01020304"),
    message: Message(header(), management(.set, .other(.priority1, [1, 2, 3, 4])))),
  Vector(
    name: "ST 2059-2 synchronization metadata",
    hex: managementHex("003a", "03", "0003 0006 6897e8000001"),
    message: Message(
      header(),
      management(.command, .foreign(TLV(type: 3, value: [0x68, 0x97, 0xE8, 0, 0, 1]))))),
]
