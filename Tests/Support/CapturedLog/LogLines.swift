// SPDX-License-Identifier: MIT
public import Logging
internal import Synchronization

/// A log handler that keeps all lines for a test.
public final class LogLines: LogHandler {
  private let all = Mutex<[String]>([])

  public init() {}

  public var lines: [String] { all.withLock { $0 } }
  public var logLevel: Logger.Level {
    get { .info }
    set {}
  }
  public var metadata: Logger.Metadata {
    get { [:] }
    set {}
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { nil }
    set {}
  }

  public func log(event: LogEvent) {
    all.withLock { $0.append("\(event.message)") }
  }
}
