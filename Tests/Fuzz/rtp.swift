// SPDX-License-Identifier: MIT
import RTP

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  precondition(RTPFuzz.holds(for: UnsafeRawBufferPointer(start: start, count: count).bytes))
  return 0
}
