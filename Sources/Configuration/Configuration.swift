// SPDX-License-Identifier: MIT
package import Addressing
package import LinuxIO
public import Logging
public import MediaClock

/// What the configuration file says, with the layout spelt out as senders and receivers.
///
/// A value of this type is sound: whatever a file could have wrong was refused before.
public struct Configuration: Equatable, Sendable {
  /// The profile that filled in what the file does not say; empty for none.
  public var profile = ProfileShelf.usual
  public var network = Network()
  public var senders: [SenderConfiguration]
  public var receivers: [ReceiverConfiguration]
  /// What a stream has that says nothing else.
  package var defaults: StreamDefaults
  /// Where addresses of our own choice are: the first two bytes.
  package var automaticBase = IPv4Address(bits: 0xEF45_0000)
  /// A sender that woke later than this drops what is older.
  public var maxLateness = Interval.milliseconds(17)
  public var networkClock = NetworkClock()
  public var clock = Clock()
  public var realTime = RealTime()
  public var device = Device()
  public var control = Control()
  public var logLevel = Logger.Level.info

  /// Those that a configuration may name.
  public static let logLevels: [Logger.Level] = [.trace, .debug, .info, .notice, .warning, .error]

  /// Which network the streams use, and how their packets are marked.
  public struct Network: Equatable, Sendable {
    public var interface = InterfaceChoice.automatic
    public var port: UInt16 = 5004
    public var ttl: UInt8 = 32
    /// AF41, as AES67 asks of RTP (6.2).
    public var dscp: UInt8 = 34
    /// Whether programs on this host hear our multicast too.
    public var loopback = false
  }

  /// What the device clock follows; of the rest, only tests have a reason to touch it.
  public struct Clock: Equatable, Sendable {
    public var source = ClockSource.ptp
    /// How many times slower than real time the media clock runs.
    public var rateDivisor: Int64 = 1
    /// When media frame 0 was; nil for PTP time, or for now on a slowed clock.
    public var anchor: MonotonicInstant?

    package var isSimulated: Bool { rateDivisor != 1 || anchor != nil }
  }

  /// What the media threads ask of the system.
  public struct RealTime: Equatable, Sendable {
    /// SCHED_FIFO priority; 0 for none.
    public var priority: Int32 = 80
    public var locksMemory = true
  }

  /// What ALSA programs see.
  public struct Device: Equatable, Sendable {
    /// In frames.
    public var minimumPeriod: UInt32 = 64
    public var socketGroup = "audio"
    /// Whether what is received is sent back, for latency measurements from another host.
    public var reflects = false
  }

  /// Who may control the daemon.
  public struct Control: Equatable, Sendable {
    public var socketGroup = "aes67"
    /// On 127.0.0.1, for the web panel; nil for none.
    public var port: UInt16?
  }
}

/// Which interface the streams use.
public enum InterfaceChoice: Equatable, Sendable {
  /// The first that is up and multicasts, else loopback.
  case automatic
  case named(String)

  /// The interface that is meant, whether or not it can be used now.
  package func find(among interfaces: [NetworkInterface]) -> NetworkInterface? {
    switch self {
    case .automatic: NetworkInterfaces.automaticChoice(among: interfaces)
    case .named(let name): interfaces.first { $0.name == name }
    }
  }
}
