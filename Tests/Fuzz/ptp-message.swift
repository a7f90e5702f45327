// SPDX-License-Identifier: MIT
@_spi(Fuzzing) import PTP

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  precondition(fuzzMessage(Array(UnsafeBufferPointer(start: start, count: count))))
  return 0
}
