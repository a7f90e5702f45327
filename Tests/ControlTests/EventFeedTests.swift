// SPDX-License-Identifier: MIT
import ControlAPI
import JSONText
import Testing

@testable import Control

/// The events that an open page of the control panel receives, and their timing.
@Suite struct EventFeedTests {
  /// The milliseconds at which meters and looks at the status are due in the first half second.
  private func due(metersEvery: Int) -> (meters: [Int], looks: [Int: Int]) {
    var schedule = EventFeed.Schedule(metersEvery: metersEvery)
    var (time, meters, looks) = (Duration.zero, [Int](), [Int: Int]())
    while true {
      let due = schedule.next()
      time += due.pause
      let now = Int(time / .milliseconds(1))
      guard now <= 500 else { return (meters, looks) }
      #expect(due.meters || due.look != nil, "every wake-up has meters or a look due")
      if due.meters { meters.append(now) }
      if let look = due.look { looks[now] = look }
    }
  }

  @Test func metersAndChangesComeAtTheirOwnPace() {
    #expect(due(metersEvery: 2).meters == [100, 200, 300, 400, 500])
    #expect(due(metersEvery: 1).meters.count == 10)
    #expect(due(metersEvery: 20).meters.isEmpty && due(metersEvery: 0).meters.isEmpty)
    for meters in [0, 1, 2, 5, 20] { #expect(due(metersEvery: meters).looks == [250: 1, 500: 2]) }
  }

  @Test func theMetersAreTheTextOfTheJSONEncoder() throws {
    var levels = [MeterSnapshot.Level](repeating: MeterSnapshot.Level(), count: 64)
    levels[0] = MeterSnapshot.Level(peakDecibels: -20.04, rmsDecibels: -23, clips: 0)
    levels[63] = MeterSnapshot.Level(peakDecibels: 0, rmsDecibels: 3.01, clips: .max)
    let peaks = MeterPeaks(
      MeterSnapshot(
        windowMilliseconds: 300, deviceFrame: 1, playback: levels, capture: levels.reversed()))
    let encoded = try JSONText.line(peaks)
    #expect(peaks.json == encoded)
    #expect(peaks.event == "event: meters\ndata: \(peaks.json)\n\n")
  }
}
