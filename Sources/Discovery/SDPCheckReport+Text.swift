// SPDX-License-Identifier: MIT
package import ControlAPI
internal import Session

extension SDPCheckReport {
  /// Checks an SDP text as a receiver's subscription would.
  package init(checking text: String) {
    do throws(SDPError) {
      let reading = try SessionReading(parsing: text)
      let host = ReceiverProfile.thisHost(addresses: [], clock: nil)
      let streams = reading.streams.map { SessionStreamStatus($0, for: host) }
      let best = streams.first { $0.verdict.receivable } ?? streams.first
      let verdicts = reading.streams.map { host.verdict(on: $0) }
      let verdict = verdicts.first { $0.isReceivable } ?? verdicts.first
      let obstacles = verdict?.obstacles.filter(\.isFatal) ?? []
      let problems =
        reading.faults.map { Problem(line: $0.line, sentence: $0.reason.sentence) }
        + obstacles.map { Problem(line: $0.line(in: text), sentence: $0.description) }
      self.init(
        receivable: best?.verdict.receivable ?? false,
        sentence: best.map { $0.verdict.obstacles.isEmpty ? "" : $0.verdict.sentence }
          ?? problems.first?.sentence ?? "",
        streams: streams, problems: problems.sorted { $0.line < $1.line })
    } catch {
      let problem = Problem(line: error.line, sentence: error.reason.sentence)
      self.init(receivable: false, sentence: problem.sentence, problems: [problem])
    }
  }
}
