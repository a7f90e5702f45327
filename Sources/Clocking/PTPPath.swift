// SPDX-License-Identifier: MIT
internal import LinuxIO

/// Which interface the ordinary clock uses, and what each look at the interfaces means for its sockets.
///
/// The kernel forgets memberships with an interface, and with its last address; a switch may forget them
/// with the link: then new sockets join the groups anew (BMC-12). Whatever else changes interrupts
/// nothing: a port that closes without need makes the whole network elect again.
struct PTPPath: Equatable {
  enum Step: Equatable {
    /// The sockets stay as they are, open or not.
    case keep
    /// There is nothing to open sockets on.
    case close
    /// Only this host's own interface is there, where nobody else can be: no sockets, nor a wait for others.
    case alone
    /// Opens sockets on this interface, in place of those that are open.
    case open(NetworkInterface)
  }

  private var path: NetworkPath

  /// What to tell people when no interface can be used; empty when one can.
  var problem: String { path.problem }

  /// - Parameter interface: the name of the interface that is meant; nil for the automatic choice.
  init(_ interface: String?) { path = NetworkPath(interface) }

  /// - Parameters:
  ///   - interfaces: those there are now; nil where they could not be listed, which tells nothing.
  ///   - isOpen: whether sockets are open.
  mutating func follow(_ interfaces: [NetworkInterface]?, isOpen: Bool) -> Step {
    guard let interfaces else { return .keep }
    let change = path.follow(interfaces)
    guard path.isUsable, let interface = path.interface else { return isOpen ? .close : .keep }
    if interface.isLoopback { return .alone }
    return change == .none && isOpen ? .keep : .open(interface)
  }
}
