// SPDX-License-Identifier: MIT
import DaemonConfiguration
import Testing

@testable import Discovery

@Suite("UnusableSessions: the reasons that are reported, and how often")
struct UnusableSessionsTests {
  private let one = StreamID(1)
  private let two = StreamID(2)

  @Test("Each reason is reported once for each receiver, and again after it has passed")
  func once() {
    var sessions = UnusableSessions()
    var news = [
      sessions.isNews("it has 96000 Hz", of: one), sessions.isNews("it has 96000 Hz", of: one),
      sessions.isNews("it has 96000 Hz", of: two), sessions.isNews("it has 64 channels", of: one),
    ]
    #expect(news == [true, false, true, true])
    sessions.clear(one)
    news = [
      sessions.isNews("it has 64 channels", of: one), sessions.isNews("it has 96000 Hz", of: two),
    ]
    #expect(news == [true, false])
    sessions.keep(only: [one])
    news = [
      sessions.isNews("it has 96000 Hz", of: two), sessions.isNews("it has 64 channels", of: one),
    ]
    #expect(news == [true, false])
  }
}
