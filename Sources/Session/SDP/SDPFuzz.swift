// SPDX-License-Identifier: MIT

/// The property that holds for any bytes. A fuzz target calls it and stops if it is false.
public enum SDPFuzz {
  /// Returns true if a parsed text can be written, and parses the same again.
  public static func holds(for bytes: [UInt8]) -> Bool {
    guard let reading = try? SessionReading(parsing: bytes) else { return true }
    let description = reading.description
    let host = ReceiverProfile.thisHost(addresses: [], clock: nil)
    for stream in reading.streams { _ = (stream.payloadBytes, host.verdict(on: stream)) }
    guard Set(reading.streams.map(\.name)).count == reading.streams.count,
      !reading.streams.isEmpty || !reading.lost.isEmpty
    else { return false }
    let text = description.text
    guard !text.utf8.contains(where: { $0 < 0x20 && $0 != 0x0D && $0 != 0x0A })
    else { return false }
    // A replaced character takes more bytes: what was just short enough may now be too long.
    guard text.utf8.count <= SessionDescription.maximumByteCount else { return true }
    return (try? SessionDescription(parsing: text)) == description
  }

  /// Returns true if the value of an attribute, parsed by every parser of attributes, parses the same again
  /// after it was written.
  public static func holds(forValue bytes: [UInt8]) -> Bool {
    let value = Text.trimmed(Text.decoded(bytes[...]))
    let reference = ReferenceClock(value)
    let media = MediaClockAttribute(value)
    let map = RTPMap(value)
    let filter = SourceFilter(value)
    let group = MediaGroup(value)
    _ = ChannelNames.parse(value)
    _ = ChannelOrder(value)?.names
    _ = PacketTimeAttribute.frames(value, rate: 48_000)
    _ = PacketTimeAttribute.frameCounts(value)
    return ReferenceClock(reference.value) == reference && MediaClockAttribute(media.value) == media
      && map.flatMap { RTPMap($0.value) } == map
      && filter.flatMap { SourceFilter($0.value) } == filter
      && group.flatMap { MediaGroup($0.value) } == group
  }
}
