// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient
internal import LinuxIO

/// `aes67 panel`: opens the control panel in a browser if there is a display, and prints its address.
struct Panel: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Opens the control panel in a browser, or prints its address.",
    discussion: """
      The address contains a token: anyone who has it can control the sound card. Over ssh, the command to type \
      on your own computer is printed, too; the address then works in a browser there.

      Examples:
        aes67 panel
        aes67 panel --print
      """)

  @OptionGroup var connection: Connection

  @Flag(name: .customLong("print"), help: "Print the address; do not open a browser.")
  var printsOnly = false

  func perform(_ client: ControlClient) throws {
    let configuration = try client.get("/v1/configuration", as: ConfigurationReport.self)
    let file = connection.directory + "/panel"
    guard Files.exists(file) else {
      throw refusal(
        "the control panel is off",
        "set `control: {port: 8067}` in \(configuration.file) and restart:"
          + " sudo systemctl restart \(connection.unit)")
    }
    let address = try FileFailure.read(file).filter { !$0.isWhitespace }
    guard address.hasPrefix("http://127.0.0.1:"), address.allSatisfy(Self.isPartOfAddress) else {
      throw FileFailure(description: "\(file) does not hold the address of the panel")
    }
    print(address)
    let place = PanelPlace(Environment.variable)
    for line in place.instructions(address) { print(line) }
    guard place == .display, !printsOnly else { return }
    // The browser runs by itself; without one, the address can be copied.
    _ = Programs.output(of: ["xdg-open", address])
  }

  private static func isPartOfAddress(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || ":/#=.".contains(character))
  }
}

/// The place of the browser.
enum PanelPlace: Equatable {
  case display
  /// Another computer, which reaches this host by ssh under this address.
  case ssh(host: String)
  case none

  /// - Parameter variable: reads a variable of the environment; nil if it is not set.
  init(_ variable: (String) -> String?) {
    // client address, client port, server address, server port (sshd(8)).
    let parts = (variable("SSH_CONNECTION") ?? "").split(separator: " ")
    if parts.count == 4 {
      self = .ssh(host: String(parts[2]))
    } else if ["DISPLAY", "WAYLAND_DISPLAY"].contains(where: { variable($0)?.isEmpty == false }) {
      self = .display
    } else {
      self = .none
    }
  }

  /// Instructions for the address if it cannot be opened here.
  func instructions(_ address: String) -> [String] {
    guard case .ssh(let host) = self else { return [] }
    let port = address.split(separator: ":").last?.prefix { $0.isNumber } ?? ""
    return ["on your own computer: ssh -L \(port):127.0.0.1:\(port) \(host)"]
  }
}
