// SPDX-License-Identifier: MIT
internal import CControlFiles
internal import NIOCore

/// A file that the daemon carries in itself: constant bytes of the program, of which nobody keeps a copy.
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

  /// What a response sends.
  var buffer: ByteBuffer { unsafe ByteBuffer(bytes: bytes) }

  var text: String { unsafe String(decoding: bytes, as: UTF8.self) }

  /// FNV-1a of its bytes: it has to differ where the bytes do, and nobody gains by making it equal.
  var hash: UInt64 {
    unsafe bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
