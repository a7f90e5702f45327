// SPDX-License-Identifier: MIT
import ControlAPI
import Testing

/// The comparison of sentences whose figures are measured again.
@Suite struct FiguresTests {
  @Test(arguments: [
    ("bursts of 20 ms", "bursts of 21.5 ms"),
    ("no answer (3 sent, 0 answered)", "no answer (12 sent, 0 answered)"),
    ("loss of 2%, in 10 s.", "loss of 0.5%, in 11 s."),
  ])
  func anotherFigureIsTheSameSentence(one: String, other: String) {
    #expect(one.withoutFigures == other.withoutFigures)
  }

  @Test(arguments: [
    ("the last came from 10.0.0.5", "the last came from 10.0.0.6"),
    ("cannot listen on 239.1.1.1:5004: in use", "cannot listen on 239.1.1.1:5006: in use"),
    ("L24, 8 channels", "L16, 8 channels"), ("bursts of 20 ms", "bursts of 20 s"), ("...", ""),
  ])
  func anotherAddressOrNameIsNot(one: String, other: String) {
    #expect(one.withoutFigures != other.withoutFigures)
  }
}
