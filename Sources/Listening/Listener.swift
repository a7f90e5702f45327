// SPDX-License-Identifier: MIT
package import SoundDevice

/// Plays the audio that one device captures on another one with its own clock.
///
/// | event | then |
/// |---|---|
/// | the beginning, or an underrun of the card | the card's buffer is filled with silence first |
/// | frames were lost before they were read | frames in the card's buffer beyond its fill are played before any new ones |
///
/// A sound server that takes nothing for a second when its sink wakes up causes the latter.
package struct Listener: ~Copyable {
  /// The frames of a read: 5 ms.
  package static let blockFrames = 240

  package struct Progress: Equatable, Sendable {
    /// The number of frames that were received and played.
    package var frames: Int64 = 0
    /// The number of underruns of the card and of losses before reading; the first one is not counted if it
    /// comes before a second was played.
    package var dropouts = 0
    /// The sample peak since the last report, 0 to 1.
    package var peak = 0.0
    /// The relative rate of the card's clock in ppm; positive if it is faster.
    package var partsPerMillion = 0.0
    /// The delay from capture to the card's output; nil until it is known.
    package var delaySeconds: Double?
  }

  private let capture: CaptureDevice
  private let card: PlaybackDevice
  private let converter: RateConverter
  /// The captured channels in the order of the card's, from 0; nil for silence.
  private let columns: [Int?]
  private let capturedChannels: Int
  private let fillFrames: Int
  private var rate: CardRate
  private var isFilled = false
  /// True while the card's buffer holds more than its fill.
  private var isAhead = false
  private var wasInterrupted = false
  package private(set) var progress = Progress()

  /// - Parameters:
  ///   - columns: the captured channels that the card plays; as many as it has channels.
  ///   - received: the rate of the captured frames per second.
  ///   - fillMilliseconds: the fill of the card's buffer.
  package init(
    from capture: consuming CaptureDevice, capturedChannels: Int, received: Int, columns: [Int?],
    to card: consuming PlaybackDevice, fillMilliseconds: Int
  ) throws(RateConverter.Failure) {
    converter = try RateConverter(channels: columns.count)
    rate = CardRate(received: received, card: card.rate)
    fillFrames = card.rate * fillMilliseconds / 1_000
    self.capture = capture
    self.card = card
    self.columns = columns
    self.capturedChannels = capturedChannels
  }

  /// Waits for the next block, and plays it.
  package mutating func step() throws {
    guard case .frames(let samples) = try capture.read() else { return interrupt(isAhead: true) }
    let count = samples.count / capturedChannels
    guard count > 0, try isWanted() else { return }
    let block = try converter.convert(chosen(samples, count), ratio: rate.ratio)
    if !isFilled {
      isFilled = try card.write([Float](repeating: 0, count: fillFrames * columns.count))
    }
    guard try card.write(block) else {
      try restart()
      return interrupt(isAhead: false)
    }
    progress.frames += Int64(count)
    guard let waiting = capture.waitingFrames(), let delay = card.delayFrames() else { return }
    rate.observe(frames: count, waiting: waiting, delay: delay)
    progress.partsPerMillion = rate.partsPerMillion
    progress.delaySeconds = rate.keptDelay
  }

  /// Returns false for frames that the card must not play, because its buffer holds enough.
  private mutating func isWanted() throws -> Bool {
    guard isAhead else { return true }
    if let delay = card.delayFrames() {
      isAhead = delay > fillFrames
    } else {
      try restart()
      isAhead = false
    }
    return !isAhead
  }

  private mutating func interrupt(isAhead: Bool) {
    // The first delay of a sound server is not counted: there was no audio yet that could drop out.
    if wasInterrupted || rate.keptDelay != nil { progress.dropouts += 1 }
    wasInterrupted = true
    self.isAhead = isAhead
    rate.restart()
  }

  /// Restarts the card, which is silent until its buffer is filled again.
  private mutating func restart() throws {
    isFilled = false
    try card.restart()
    // Frames that waited meanwhile would delay all later ones.
    while let waiting = capture.waitingFrames(), waiting > Self.blockFrames {
      _ = try capture.read()
    }
  }

  /// The card's channels of captured frames.
  private mutating func chosen(_ samples: [Int32], _ count: Int) -> [Float] {
    var chosen: [Float] = []
    chosen.reserveCapacity(count * columns.count)
    for frame in 0..<count {
      for column in columns {
        let sample = column.map { samples[frame * capturedChannels + $0] } ?? 0
        chosen.append(Float(sample) / 2_147_483_648)
        progress.peak = max(progress.peak, Double(sample.magnitude) / 2_147_483_648)
      }
    }
    return chosen
  }

  /// The sample peak since the last call, 0 to 1.
  package mutating func takePeak() -> Double {
    defer { progress.peak = 0 }
    return progress.peak
  }
}
