// SPDX-License-Identifier: MIT

/// The storage for data that must survive a restart: values by the name of their subject.
package protocol StateStorage: Sendable {
  /// The value that was saved last; nil if there is none, or if it cannot be read.
  ///
  /// - Parameter version: the version of the content's form; another one is not read.
  func load<Content: Codable>(_ subject: String, version: Int, as type: Content.Type) -> Content?

  /// Saves `content`. The storage itself reports a failure.
  ///
  /// - Returns: true if it survives a restart.
  @discardableResult
  func save(_ subject: String, version: Int, _ content: some Codable) -> Bool
}
