// SPDX-License-Identifier: MIT

/// What must hold for any bytes at all; a fuzz target calls it and stops when it is false.
public enum SDPFuzz {
  /// What is read can be written, and reads the same again.
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

  /// The value of an attribute, read as everything that it could be; what we write of it reads the same
  /// again.
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
