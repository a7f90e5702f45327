// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import DaemonConfiguration
internal import EventLog
internal import Hummingbird
internal import Logging

extension Router<ControlRequestContext> {
  /// How much the log says.
  func addLogRoutes(_ control: ControlContext) {
    get("v1/log-level") { _, _ in
      JSONAnswer(LogLevelReport(level: control.logLevel.level.rawValue))
    }
    put("v1/log-level") { request, context in
      let requested = try await request.decode(as: LogLevelReport.self, context: context)
      guard let level = Configuration.logLevels.first(where: { $0.rawValue == requested.level })
      else {
        let choices = Configuration.logLevels.map(\.rawValue).joined(separator: ", ")
        throw ControlError(
          .badRequest, "there is no log level \"\(requested.level)\"", hint: "one of \(choices)")
      }
      _ = try control.manager.reload(choosing: ["log.level": level.rawValue])
      control.logLevel.level = level
      return JSONAnswer(LogLevelReport(level: level.rawValue))
    }
  }
}
