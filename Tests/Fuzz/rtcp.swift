// SPDX-License-Identifier: MIT
import RTCP

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  precondition(RTCPFuzz.holds(for: Array(UnsafeBufferPointer(start: start, count: count))))
  return 0
}
