// SPDX-License-Identifier: MIT
import ControlAPI
import HTTPTypes
import Testing

@testable import Control

/// What a client is answered where streams are not changed.
@Suite struct RefusalTests {
  private struct Refusal: StreamChangeRefusal {
    let cause: StreamChangeRefusalCause
    var description: String { "the reason" }
  }

  private struct Other: Error {}

  @Test(arguments: [
    (StreamChangeRefusalCause.unknownStream, 404), (.full, 409), (.invalid(keys: ["port"]), 409),
    (.stopping, 503),
  ])
  func everyCauseHasItsStatus(cause: StreamChangeRefusalCause, status: Int) {
    let error = #expect(throws: ControlError.self) {
      try changing { throw Refusal(cause: cause) }
    }
    #expect(error?.status.code == status)
    #expect(error?.error.reason == "the reason")
  }

  @Test func theKeysThatAreWrongAreNamed() {
    let error = #expect(throws: ControlError.self) {
      try changing { throw Refusal(cause: .invalid(keys: ["first-channel", "channels"])) }
    }
    #expect(error?.error.hint == "change first-channel or channels")
  }

  @Test func whatIsNoRefusalPasses() {
    #expect(throws: Other.self) { try changing { throw Other() } }
  }
}
