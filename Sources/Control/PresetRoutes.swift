// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import Hummingbird

extension Router<ControlRequestContext> {
  /// Presets: streams and settings under names.
  func addPresetRoutes(_ context: ControlContext) {
    let presets = context.presets
    get("v1/presets") { _, _ in JSONAnswer(try await presets.presets()) }
    put("v1/presets/:name") { _, request in
      JSONAnswer(try await presets.savePreset(request.presetName))
    }
    delete("v1/presets/:name") { _, request in
      try await presets.deletePreset(request.presetName)
      return Response(status: .noContent)
    }
    post("v1/presets/:name/load") { _, request in
      JSONAnswer(try await presets.loadPreset(request.presetName))
    }
  }
}

extension ControlRequestContext {
  fileprivate var presetName: String {
    let text = parameters.get("name") ?? ""
    return text.removingPercentEncoding() ?? text
  }
}
