// SPDX-License-Identifier: MIT
internal import CControlFiles
internal import NIOCore

/// A file that is embedded in the daemon: constant bytes of the program, which are never copied.
@safe
struct EmbeddedFile: @unchecked Sendable {
  let name: String
  private let bytes: UnsafeRawBufferPointer

  private init(_ file: control_file) {
    name = unsafe String(cString: file.name)
    unsafe bytes = UnsafeRawBufferPointer(start: file.bytes, count: file.size)
  }

  /// Every file of `Control/Panel`.
  static let panel: [EmbeddedFile] = (0..<control_panel_file_count).map {
    unsafe EmbeddedFile(control_panel_file($0).pointee)
  }

  /// The description of the control API.
  static let openAPI = unsafe EmbeddedFile(control_openapi)

  /// The content of a response.
  var buffer: ByteBuffer { unsafe ByteBuffer(bytes: bytes) }

  var text: String { unsafe String(decoding: bytes, as: UTF8.self) }

  /// The FNV-1a hash of its bytes, which distinguishes versions; nobody gains from a collision.
  var hash: UInt64 {
    unsafe bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
