// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import Hummingbird

extension Router<ControlRequestContext> {
  /// The sessions that are announced on the network, with the verdicts for this host and for other devices.
  func addSessionRoutes(_ context: ControlContext) {
    get("v1/sessions") { _, _ in JSONAnswer(context.status.sessions) }
    post("v1/sdp/check") { request, _ in
      JSONAnswer(context.status.check(sdp: try await request.tree().text(of: "sdp")))
    }
  }

  /// Measurements of streams that are too long for the status.
  func addMeasurementRoutes(_ context: ControlContext) {
    get("v1/histograms") { _, _ in JSONAnswer(context.status.measurements) }
    get("v1/glitches") { request, _ in
      let known = try request.number("after", in: 0...Int.max) ?? 0
      return JSONAnswer(context.status.glitches(after: UInt64(known)))
    }
    get("v1/alarms") { request, _ in
      let known = try request.number("after", in: 0...Int.max) ?? 0
      return JSONAnswer(context.status.alarms(after: UInt64(known)))
    }
    get("v1/meters") { _, _ in JSONAnswer(context.status.meters) }
  }
}
