// SPDX-License-Identifier: MIT

/// Where discovery keeps what a restart must not lose: values by the name of their subject.
package protocol StateStorage: Sendable {
  /// What was saved last; nil when nothing was, or when it cannot be read.
  ///
  /// - Parameter version: of the content's form; another one is not read.
  func load<Content: Codable>(_ subject: String, version: Int, as type: Content.Type) -> Content?

  /// Keeps `content`. A failure is the storage's own to report.
  ///
  /// - Returns: true if a restart finds it.
  @discardableResult
  func save(_ subject: String, version: Int, _ content: some Codable) -> Bool
}
