// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import DaemonConfiguration
internal import HTTPTypes
internal import Hummingbird

extension Router<ControlRequestContext> {
  /// The configuration file, which is read again on request, and what is chosen before it.
  func addConfigurationRoutes(_ control: ControlContext) {
    get("v1/configuration") { _, _ in JSONAnswer(control.manager.report) }
    patch("v1/configuration") { request, context in
      let requested = try await request.decode(as: SettingsRequest.self, context: context)
      try refuseForeign(requested.settings.keys)
      return JSONAnswer(try refusing { try control.manager.reload(choosing: requested.settings) })
    }
    delete("v1/configuration") { _, _ in
      JSONAnswer(try refusing { try control.manager.reset() })
    }
    post("v1/reload") { _, _ in
      JSONAnswer(try refusing { try control.manager.reload(choosing: [:]) })
    }
    put("v1/profile") { request, context in
      let requested = try await request.decode(as: ProfileRequest.self, context: context)
      return JSONAnswer(
        try refusing { try control.manager.reload(choosing: ["profile": requested.profile]) })
    }
  }
}

/// Keys that only the administrator's file may have: who may do what, and files that the daemon would open.
private let administrators = ["control.", "device.socket-group", "layout.sdp"]

private func refuseForeign(_ keys: some Sequence<String>) throws {
  for key in keys {
    if administrators.contains(where: { key.hasPrefix($0) }) {
      throw ControlError(
        .forbidden, "\(key) is for the administrator to say",
        hint: "change it in the configuration file, and restart the daemon")
    }
    guard key == "profile" || key.split(separator: ".").count == 2 else {
      throw ControlError(
        .badRequest, "there is no key \"\(key)\"",
        hint: "expected a section and a key of aes67d.yaml, such as network.interface")
    }
  }
}

private func refusing(_ body: () throws -> ReloadReport) throws -> ReloadReport {
  do {
    return try body()
  } catch let error as ConfigurationError {
    throw ControlError(
      .conflict, "\(error)", hint: "nothing was changed; mend what is named and ask again")
  }
}
