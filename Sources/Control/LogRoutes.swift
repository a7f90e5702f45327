// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import DaemonConfiguration
internal import EventLog
internal import Hummingbird
internal import Logging

extension Router<ControlContext> {
  /// How much the log says.
  func addLogRoutes(_ desk: ControlDesk) {
    get("v1/log-level") { _, _ in
      JSONAnswer(LogLevelReport(level: desk.logLevel.level.rawValue))
    }
    put("v1/log-level") { request, context in
      let wanted = try await request.decode(as: LogLevelReport.self, context: context)
      guard let level = Configuration.logLevels.first(where: { $0.rawValue == wanted.level }) else {
        let choices = Configuration.logLevels.map(\.rawValue).joined(separator: ", ")
        throw ControlError(
          .badRequest, "there is no log level \"\(wanted.level)\"", hint: "one of \(choices)")
      }
      _ = try desk.keeper.reload(choosing: ["log.level": level.rawValue])
      desk.logLevel.level = level
      return JSONAnswer(LogLevelReport(level: level.rawValue))
    }
  }
}
