// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import HTTPTypes
internal import Hummingbird
internal import LinuxIO

extension Router<ControlRequestContext> {
  /// The complete status, and each of its parts.
  func addStatusRoutes(_ context: ControlContext) {
    get("v1/status") { _, _ in JSONAnswer(context.status.status()) }
    get("v1/clock") { _, _ in
      let status = context.status.status()
      return JSONAnswer(ClockReport(clock: status.clock, ptp: status.ptp))
    }
    get("v1/clock/history") { request, _ in
      let seconds = try request.number("seconds", in: 1...ClockHistory.reach) ?? 600
      return JSONAnswer(context.status.clockHistory(seconds: seconds))
    }
    get("v1/clocks") { _, _ in JSONAnswer(context.status.clocks) }
    get("v1/clients") { _, _ in JSONAnswer(context.status.status().clients) }
    get("v1/interfaces") { _, _ in JSONAnswer(try context.status.interfaces()) }
    get("v1/threads") { _, _ in
      JSONAnswer(
        ThreadUse.ofThisProcess().map {
          ThreadStatus(
            name: $0.name, id: $0.id, processorNanoseconds: $0.processorNanoseconds,
            ageNanoseconds: $0.ageNanoseconds)
        })
    }
    get("metrics") { _, _ in
      Response(
        status: .ok,
        headers: [
          .contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store",
        ],
        body: ResponseBody(
          byteBuffer: ByteBuffer(
            string: Metrics.text(of: context.status.status(), context.status.measurements))))
    }
  }
}
