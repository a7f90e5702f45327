// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import HTTPTypes
internal import Hummingbird

extension Router<ControlContext> {
  /// The configuration file, which is read again on request, and the profile on top of it.
  func addConfigurationRoutes(_ desk: ControlDesk) {
    get("v1/configuration") { _, _ in JSONAnswer(desk.keeper.report) }
    post("v1/reload") { _, _ in
      JSONAnswer(try refusing { try desk.keeper.reload() })
    }
    put("v1/profile") { request, context in
      let wish = try await request.decode(as: ProfileRequest.self, context: context)
      return JSONAnswer(try refusing { try desk.keeper.reload(choosing: wish.profile) })
    }
  }
}

private func refusing(_ body: () throws -> ReloadReport) throws -> ReloadReport {
  do {
    return try body()
  } catch let error as ConfigurationError {
    throw ControlError(
      .conflict, "\(error)", hint: "nothing was changed; mend the file and ask again")
  }
}
