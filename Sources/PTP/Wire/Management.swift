// SPDX-License-Identifier: MIT

/// The action of a management message (15.4.1.6).
public enum ManagementAction: UInt8, Sendable, BitwiseCopyable {
  case get = 0
  case set = 1
  case response = 2
  case command = 3
  case acknowledge = 4
}

/// A request for a clock's data sets, or the answer (15.4).
public struct Management: Hashable, Sendable {
  public var targetPortIdentity: PortIdentity
  public var startingBoundaryHops: UInt8
  public var boundaryHops: UInt8
  public var action: ManagementAction
  public var content: ManagementContent

  public init(
    targetPortIdentity: PortIdentity, startingBoundaryHops: UInt8, boundaryHops: UInt8,
    action: ManagementAction, content: ManagementContent
  ) {
    self.targetPortIdentity = targetPortIdentity
    self.startingBoundaryHops = startingBoundaryHops
    self.boundaryHops = boundaryHops
    self.action = action
    self.content = content
  }

  public init(parsing bytes: RawSpan) throws(PTPError) {
    try bytes.require(MessageType.management.size)
    targetPortIdentity = PortIdentity(bytes, at: 34)
    startingBoundaryHops = bytes.uint8(at: 44)
    boundaryHops = bytes.uint8(at: 45)
    let raw = bytes.uint8(at: 46) & 0x0F
    guard let known = ManagementAction(rawValue: raw) else { throw .managementAction(raw) }
    action = known
    content = try ManagementContent(parsing: bytes, at: MessageType.management.size)
  }

  func write(into bytes: inout MutableRawSpan) {
    targetPortIdentity.write(into: &bytes, at: 34)
    bytes.put(startingBoundaryHops, at: 44)
    bytes.put(boundaryHops, at: 45)
    bytes.put(action.rawValue, at: 46)
    bytes.put(0 as UInt8, at: 47)
    content.write(into: &bytes, at: MessageType.management.size)
  }
}
