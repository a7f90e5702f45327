// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import HTTPTypes
internal import Hummingbird
internal import LinuxIO

extension Router<ControlRequestContext> {
  /// What is: the whole status, and each part of it by itself.
  func addStatusRoutes(_ control: ControlContext) {
    get("v1/status") { _, _ in JSONAnswer(control.status()) }
    get("v1/clock") { _, _ in
      let status = control.status()
      return JSONAnswer(ClockReport(clock: status.clock, ptp: status.ptp))
    }
    get("v1/clients") { _, _ in JSONAnswer(control.status().clients) }
    get("v1/senders") { _, _ in JSONAnswer(control.status().senders) }
    get("v1/receivers") { _, _ in JSONAnswer(control.status().receivers) }
    get("v1/senders/:name") { _, context in
      let senders = control.status().senders
      return JSONAnswer(try context.named("sender", among: senders, by: \.name, \.id))
    }
    get("v1/receivers/:name") { _, context in
      let receivers = control.status().receivers
      return JSONAnswer(try context.named("receiver", among: receivers, by: \.name, \.id))
    }
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
        body: ResponseBody(byteBuffer: ByteBuffer(string: Metrics.text(of: control.status()))))
    }
  }
}

extension ControlRequestContext {
  /// The element whose identifier or name stands in the path.
  func named<Element>(
    _ kind: String, among elements: [Element], by name: (Element) -> String, _ id: (Element) -> Int
  ) throws -> Element {
    let requested = try pathName()
    guard let found = elements.first(where: { "\(id($0))" == requested || name($0) == requested })
    else {
      throw ControlError.unknown(kind, requested, among: elements.map(name))
    }
    return found
  }

  /// The path's `name`, in the characters it stands for.
  func pathName() throws -> String {
    let text = try parameters.require("name")
    return text.removingPercentEncoding() ?? text
  }
}
