// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import Notation

/// The sinks and sources that PipeWire makes of the device, as a file below `pipewire.conf.d`.
struct PipeWireNodes {
  /// The maximum number of sinks and of sources: a user may have ten streams each way at a time.
  static let maximum = 8

  /// The name of the daemon's instance; empty for the default one.
  var instance: String
  /// The number of device channels, from channel 1.
  var channels: Int
  /// The number of channels of each sink and source; the last may have fewer.
  var block: Int
  var labels: ChannelLabels

  /// The path of the file, for all users of this host.
  var path: String {
    Self.directories[1] + "/60-aes67" + (instance.isEmpty ? "" : "-\(instance)") + ".conf"
  }

  /// The directories, each below the previous one.
  static let directories = ["/etc/pipewire", "/etc/pipewire/pipewire.conf.d"]

  private enum Kind: String { case sink, source }

  /// The content of the file.
  var text: String {
    let blocks = stride(from: 1, through: channels, by: block).map { first in
      first...min(first + block - 1, channels)
    }
    let nodes = blocks.enumerated().flatMap { index, block in
      [node(.sink, block, index), node(.source, block, index)]
    }
    return """
      # The AES67 sound card in PipeWire, written by `aes67 integrate pipewire`, which can write it anew;
      # `aes67 integrate pipewire --remove` removes it.
      context.objects = [
      \(nodes.joined(separator: "\n"))
      ]

      """
  }

  private func node(_ kind: Kind, _ block: ClosedRange<Int>, _ index: Int) -> String {
    let direction = kind == .sink ? "out" : "in"
    let card = instance.isEmpty ? "aes67" : "aes67-\(instance)"
    let title = instance.isEmpty ? "AES67" : "AES67 \(instance)"
    let range = block.count == 1 ? "\(block.lowerBound)" : "\(block.lowerBound)-\(block.upperBound)"
    let names = kind == .sink ? labels.playback : labels.capture
    let ports = block.map { channel in
      Self.quoted("\(channel)" + (names[channel].map { " \(Self.portName($0))" } ?? ""))
    }
    let place =
      "aes67:CH=\(block.count),FIRST=\(block.lowerBound)"
      + (instance.isEmpty ? "" : ",INSTANCE=\(instance)")
    // The desktop's sounds go here by default only if there is no other sound card. If another card is in the same
    // graph, that one is resampled, and not the audio for the network.
    return """
        { factory = adapter  flags = [ nofail ]  args = {
            factory.name = api.alsa.pcm.\(kind.rawValue)  media.class = Audio/\(kind == .sink ? "Sink" : "Source")
            node.name = \(Self.quoted("\(card)-\(direction)-\(range)"))
            node.description = \(Self.quoted("\(title) \(direction) \(range)"))  node.nick = \(Self.quoted("\(title) \(range)"))
            api.alsa.path = \(Self.quoted(place))
            audio.format = S32LE  audio.rate = 48000  audio.channels = \(block.count)
            audio.position = [ \(Self.positions(block.count).joined(separator: " ")) ]
            node.channel-names = [ \(ports.joined(separator: " ")) ]
            clock.name = \(Self.quoted(card))  priority.session = \(100 - index)  priority.driver = \(3000 - index)
            adapter.auto-port-config = { mode = dsp  monitor = true  position = preserve } } }
      """
  }

  /// The positions of channels. One and two channels have those of loudspeakers, so that players mix for them;
  /// more have none.
  private static func positions(_ count: Int) -> [String] {
    switch count {
    case 1: ["MONO"]
    case 2: ["FL", "FR"]
    default: (0..<count).map { "AUX\($0)" }
    }
  }

  /// A name without the separator of node and port, and no longer than programs show.
  private static func portName(_ name: String) -> String {
    String(Text.plain(name).escaped([":": " "]).prefix(48))
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.escaped(["\"": "\\\"", "\\": "\\\\"]) + "\""
  }
}
