// SPDX-License-Identifier: MIT
internal import LinuxIO

/// The interface of the ordinary clock, and the consequences of each change for its sockets.
///
/// The kernel forgets memberships with an interface, and with its last address; a switch may forget them with
/// the link. New sockets then join the groups again (BMC-12). Other changes interrupt nothing: a port that
/// closes without need makes the whole network elect again.
struct PTPPath: Equatable {
  enum Step: Equatable {
    /// Keep the sockets as they are, open or not.
    case keep
    /// Close the sockets: there is no interface for them.
    case close
    /// There is only this host's own interface, where no other host can be: open no sockets, and wait for
    /// nobody.
    case alone
    /// Open sockets on this interface, in place of those that are open.
    case open(NetworkInterface)
  }

  private var path: NetworkPath

  /// The problem and its remedy if no interface can be used; empty if one can.
  var problem: String { path.problem }

  /// - Parameter interface: the name of the selected interface; nil for the automatic choice.
  init(_ interface: String?) { path = NetworkPath(interface) }

  /// - Parameters:
  ///   - interfaces: the present ones; nil if they could not be listed, which changes nothing.
  ///   - isOpen: true if sockets are open.
  mutating func follow(_ interfaces: [NetworkInterface]?, isOpen: Bool) -> Step {
    guard let interfaces else { return .keep }
    let change = path.follow(interfaces)
    guard path.isUsable, let interface = path.interface else { return isOpen ? .close : .keep }
    if interface.isLoopback { return .alone }
    return change == .none && isOpen ? .keep : .open(interface)
  }
}
