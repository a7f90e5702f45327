// SPDX-License-Identifier: MIT
package import PTP

/// Whose time our media clock carries: what streams announce as their reference clock (SDP-05).
///
/// Ours while nobody is better. It stays when the master is lost, until another one is elected, for
/// until then its time is what goes on.
package struct Grandmaster: Hashable, Sendable {
  package var identity: ClockIdentity
  /// 0 to 127.
  package var domain: Int
}
