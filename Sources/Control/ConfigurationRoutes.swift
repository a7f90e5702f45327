// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import DaemonConfiguration
internal import EventLog
internal import Hummingbird
internal import Logging

extension Router<ControlRequestContext> {
  /// The configuration file, which is read again on request, and its overrides.
  func addConfigurationRoutes(_ context: ControlContext) {
    let operations = context.configuration
    get("v1/configuration") { _, _ in JSONAnswer(await operations.configurationReport()) }
    patch("v1/configuration") { request, _ in
      let tree = try await request.tree()
      return JSONAnswer(
        try await operations.set(
          try tree.texts(of: "settings"), forcing: try request.flag("force")))
    }
    delete("v1/configuration") { _, _ in
      JSONAnswer(try await operations.resetConfiguration())
    }
    get("v1/undo") { _, _ in JSONAnswer(await operations.undoableChanges()) }
    post("v1/undo") { _, _ in JSONAnswer(try await operations.undo()) }
    get("v1/settings") { _, _ in JSONAnswer(await operations.settings()) }
    delete("v1/settings/:keys") { _, request in
      let text = request.parameters.get("keys") ?? ""
      let keys = (text.removingPercentEncoding() ?? text).split(separator: ",").map(String.init)
      return JSONAnswer(try await operations.unset(keys))
    }
    post("v1/reload") { _, _ in JSONAnswer(try await operations.reloadConfiguration()) }
    put("v1/profile") { request, _ in
      let profile = try await request.tree().text(of: "profile")
      return JSONAnswer(try await operations.set(["profile": profile], forcing: false))
    }
  }

  /// The log level.
  func addLogRoutes(_ context: ControlContext) {
    get("v1/log-level") { _, _ in
      JSONAnswer(LogLevelReport(level: context.logLevel.level.rawValue))
    }
    put("v1/log-level") { request, _ in
      let level = try await request.tree().text(of: "level")
      _ = try await context.configuration.set(["log.level": level], forcing: false)
      return JSONAnswer(LogLevelReport(level: context.logLevel.level.rawValue))
    }
  }
}

extension Node {
  /// The text of the only key that a request has.
  func text(of key: String) throws(OperationError) -> String {
    try requireOnly(key)
    guard let text = self[key]?.text else {
      throw OperationError(.wrong, "\(key) is not text", hint: "expected {\"\(key)\": \"...\"}")
    }
    return text
  }

  /// The texts by their keys below the only key that a request has.
  fileprivate func texts(of key: String) throws(OperationError) -> [String: String] {
    try requireOnly(key)
    var texts: [String: String] = [:]
    guard let inner = self[key], inner.isMapping else {
      throw OperationError(
        .wrong, "\(key) is missing",
        hint: "expected {\"\(key)\": {\"network.interface\": \"eth0\"}}")
    }
    for entry in inner.entries {
      guard let text = entry.node.text else {
        throw OperationError(
          .wrong, "\(entry.key): expected a value, not \(entry.node.kind)",
          hint: "each setting is one text, number or truth value")
      }
      texts[entry.key] = text
    }
    return texts
  }

  private func requireOnly(_ key: String) throws(OperationError) {
    guard let other = entries.first(where: { $0.key != key }) else { return }
    throw OperationError(.wrong, "\(other.key): unknown key; allowed: \(key)", hint: "leave it out")
  }
}
