// SPDX-License-Identifier: MIT
internal import Addressing
internal import MediaClock

/// Management: a GET of the standard data sets is answered, and everything else is refused by name (MGT-01).
extension OrdinaryClock {
  public var currentDataSet: CurrentDataSet {
    CurrentDataSet(
      stepsRemoved: stepsRemoved, offsetFromMaster: TimeInterval(nanoseconds: servo.offset ?? 0),
      meanPathDelay: TimeInterval(nanoseconds: servo.meanPathDelay ?? 0))
  }

  public var portDataSet: PortDataSet {
    PortDataSet(
      portIdentity: portIdentity, portState: state,
      logMinDelayReqInterval: Int8(clamping: logMinDelayReqInterval),
      logAnnounceInterval: Int8(clamping: settings.logAnnounceInterval),
      announceReceiptTimeout: UInt8(clamping: settings.announceReceiptTimeout),
      logSyncInterval: Int8(clamping: settings.logSyncInterval))
  }

  mutating func answer(
    _ request: Management, _ asked: Header, from peer: Peer, _ arrival: Arrival,
    at now: MonotonicInstant
  ) {
    let target = request.targetPortIdentity
    guard target.clockIdentity == portIdentity.clockIdentity || target.clockIdentity == .all,
      target.portNumber == portIdentity.portNumber || target.portNumber == .max,
      let id = request.content.id, let (action, content) = reply(to: request.action, id)
    else { return }
    guard managementAllowance.take(at: now) else {
      counters.requestsRefused += 1
      return
    }
    let hops = request.startingBoundaryHops &- request.boundaryHops
    let isUnicast = arrival == .local || asked.flags.contains(.unicast)
    let response = Management(
      targetPortIdentity: asked.sourcePortIdentity, startingBoundaryHops: hops,
      boundaryHops: hops, action: action, content: content)
    sendGeneral(
      Message(
        header(asked.flags.intersection(.unicast), sequenceId: asked.sequenceId),
        .management(response)), to: isUnicast ? .back(to: peer) : .generalGroup)
  }

  /// The reply to a message; nil if it requires none.
  private func reply(
    to action: ManagementAction, _ id: ManagementID
  ) -> (ManagementAction, ManagementContent)? {
    let content = dataSet(id)
    switch action {
    case .get:
      return (.response, content ?? .error(ManagementError(.noSuchID, id)))
    case .set:
      return (.response, .error(ManagementError(content == nil ? .noSuchID : .notSettable, id)))
    case .command:
      if id == .null { return (.acknowledge, .request(.null)) }
      return (.acknowledge, .error(ManagementError(content == nil ? .noSuchID : .notSupported, id)))
    case .response, .acknowledge:
      return nil
    }
  }

  private func dataSet(_ id: ManagementID) -> ManagementContent? {
    switch id {
    case .null: .request(.null)
    case .defaultDataSet: .defaultDataSet(defaultDataSet)
    case .currentDataSet: .currentDataSet(currentDataSet)
    case .parentDataSet: .parentDataSet(parentDataSet)
    case .timePropertiesDataSet: .timePropertiesDataSet(timeProperties)
    case .portDataSet: .portDataSet(portDataSet)
    case .priority1: .priority1(defaultDataSet.priority1)
    case .priority2: .priority2(defaultDataSet.priority2)
    case .domain: .domain(defaultDataSet.domainNumber)
    default: nil
    }
  }
}
