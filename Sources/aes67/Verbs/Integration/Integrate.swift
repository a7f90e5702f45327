// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient
internal import LinuxIO

/// `aes67 integrate`: adds the device to other sound systems of this host.
struct Integrate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Adds the sound card to other sound systems of this host.",
    discussion: """
      Programs that use ALSA find the sound card without this.

      Examples:
        aes67 integrate pipewire --print
      """,
    subcommands: [IntegratePipeWire.self])
}

/// `aes67 integrate pipewire`: sinks and sources for all users.
struct IntegratePipeWire: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pipewire",
    abstract: "Adds the sound card to PipeWire as sinks and sources, for all users of this host.",
    discussion: """
      By default one sink and one source have all channels; --blocks makes several of fewer channels each. Ports \
      have the channel names of the streams: run this again after those have changed. PipeWire reads the file \
      when it starts.

      Examples:
        sudo aes67 integrate pipewire
        sudo aes67 integrate pipewire --blocks 8
        sudo aes67 integrate pipewire --channels 2
        sudo aes67 integrate pipewire --remove
        aes67 integrate pipewire --print
      """)

  @OptionGroup var connection: Connection
  @Option(help: "Number of device channels, from channel 1.") var channels = 64
  @Option(
    help: ArgumentHelp(
      "Channels of each sink and source: 8 makes eight of each (default: all channels in one).",
      valueName: "channels"))
  var blocks: Int?
  @Flag(help: "Remove them from PipeWire.") var remove = false
  @Flag(name: .customLong("print"), help: "Write the file to standard output and change nothing.")
  var prints = false

  func validate() throws {
    guard (1...64).contains(channels) else {
      throw ValidationError("--channels takes 1 to 64")
    }
    let block = blocks ?? channels
    guard (1...channels).contains(block) else {
      throw ValidationError("--blocks takes 1 to \(channels)")
    }
    guard (channels + block - 1) / block <= PipeWireNodes.maximum else {
      throw ValidationError(
        "\(channels) channels in blocks of \(block) make more than \(PipeWireNodes.maximum) sinks; "
          + "use larger blocks or fewer channels")
    }
  }

  func run() throws {
    let nodes = PipeWireNodes(
      instance: connection.instance, channels: channels, block: blocks ?? channels,
      labels: remove ? ChannelLabels() : labels)
    if prints { return Terminal.write(nodes.text) }
    do throws(SystemError) {
      if remove {
        guard Files.exists(nodes.path) else { return print("\(nodes.path) does not exist") }
        try Files.delete(nodes.path)
      } else {
        for directory in PipeWireNodes.directories { try Files.makeDirectory(directory) }
        try Files.replace(nodes.path, with: nodes.text)
      }
    } catch {
      complain("\(error)", hint: "this needs root: sudo aes67 integrate pipewire")
      throw ExitCode(error.isForbidden ? 77 : 1)
    }
    print("\(remove ? "removed" : "written"): \(nodes.path)")
    print("takes effect when PipeWire restarts; run as the logged-in user:")
    print("  systemctl --user restart pipewire pipewire-pulse wireplumber")
  }

  /// The channel names; none if the daemon does not answer, so that the ports have numbers.
  private var labels: ChannelLabels {
    let client = connection.client
    do throws(ControlFailure) {
      let status = try client.get("/v1/status", as: DaemonStatus.self)
      let sessions = try client.get("/v1/sessions", as: SessionsStatus.self)
      return ChannelLabels(
        senders: status.senders, receivers: status.receivers,
        announced: AnnouncedChannelNames(sessions.sessions.flatMap(\.streams)))
    } catch {
      complain(
        "ports get numbers instead of the channels' names: \(error.reason)", hint: error.hint)
      return ChannelLabels()
    }
  }
}
