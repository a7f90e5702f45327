// SPDX-License-Identifier: MIT

extension ManagementContent {
  init(parsing bytes: RawSpan, at offset: Int) throws(PTPError) {
    guard bytes.byteCount >= offset + TLV.headerSize else {
      self = .nothing
      return
    }
    let end = try TLV.end(in: bytes, at: offset)
    let type = bytes.uint16(at: offset)
    let value = offset + TLV.headerSize
    if type == ManagementContent.tlvType, end - value >= 2 {
      let id = ManagementID(rawValue: bytes.uint16(at: value))
      self.init(id, data: bytes.extracting((value + 2)..<end))
    } else if type == ManagementContent.errorTLVType, end - value >= 8,
      let reason = ManagementError.Reason(rawValue: bytes.uint16(at: value))
    {
      self = .error(ManagementError(reason, ManagementID(rawValue: bytes.uint16(at: value + 2))))
    } else {
      let data = (value..<end).map { bytes.uint8(at: $0) }
      self = .foreign(TLV(type: type, value: data))
    }
  }

  /// Parses data. Data of an unexpected length is kept unchanged, so that it can be refused by name.
  private init(_ id: ManagementID, data: RawSpan) {
    switch (id, data.byteCount) {
    case (_, 0): self = .request(id)
    case (.defaultDataSet, DefaultDataSet.size): self = .defaultDataSet(DefaultDataSet(data))
    case (.currentDataSet, CurrentDataSet.size): self = .currentDataSet(CurrentDataSet(data))
    case (.parentDataSet, ParentDataSet.size): self = .parentDataSet(ParentDataSet(data))
    case (.timePropertiesDataSet, TimePropertiesDataSet.size):
      self = .timePropertiesDataSet(TimePropertiesDataSet(data))
    case (.portDataSet, PortDataSet.size): self = ManagementContent(port: data)
    case (.priority1, 2): self = .priority1(data.uint8(at: 0))
    case (.priority2, 2): self = .priority2(data.uint8(at: 0))
    case (.domain, 2): self = .domain(data.uint8(at: 0))
    default: self = .other(id, (0..<data.byteCount).map { data.uint8(at: $0) })
    }
  }

  /// Parses a port data set; if its state is invalid (as in a zero-filled request), plain bytes.
  private init(port data: RawSpan) {
    if let port = PortDataSet(data) {
      self = .portDataSet(port)
    } else {
      self = .other(.portDataSet, (0..<data.byteCount).map { data.uint8(at: $0) })
    }
  }

  func write(into bytes: inout MutableRawSpan, at offset: Int) {
    if case .nothing = self { return }
    if case .foreign(let tlv) = self {
      tlv.write(into: &bytes, at: offset)
      return
    }
    let length = UInt16(truncatingIfNeeded: size - TLV.headerSize)
    bytes.put(length, at: offset + 2)
    if case .error(let error) = self {
      bytes.put(ManagementContent.errorTLVType, at: offset)
      bytes.put(error.reason.rawValue, at: offset + 4)
      bytes.put(error.id.rawValue, at: offset + 6)
      bytes.put(0 as UInt32, at: offset + 8)
      return
    }
    bytes.put(ManagementContent.tlvType, at: offset)
    bytes.put((id ?? .null).rawValue, at: offset + 4)
    writeData(into: &bytes, at: offset + 6)
  }

  private func writeData(into bytes: inout MutableRawSpan, at offset: Int) {
    switch self {
    case .defaultDataSet(let set): set.write(into: &bytes, at: offset)
    case .currentDataSet(let set): set.write(into: &bytes, at: offset)
    case .parentDataSet(let set): set.write(into: &bytes, at: offset)
    case .timePropertiesDataSet(let set): set.write(into: &bytes, at: offset)
    case .portDataSet(let set): set.write(into: &bytes, at: offset)
    case .priority1(let value), .priority2(let value), .domain(let value):
      bytes.put(value, at: offset)
      bytes.put(0 as UInt8, at: offset + 1)
    case .other(_, let data):
      for index in data.indices { bytes.put(data[index], at: offset + index) }
    default: break
    }
  }
}
