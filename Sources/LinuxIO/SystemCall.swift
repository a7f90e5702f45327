// SPDX-License-Identifier: MIT
internal import CLinux

/// A call of the kernel or the C library, or an option or request of one that has several, with its name in the
/// manual.
public enum SystemCall: String, Sendable, CustomStringConvertible {
  // Sockets.
  case accept = "accept4"
  case bind
  case connect
  case listen
  case receive = "recv"
  case receiveMessage = "recvmsg"
  case rtnetlink
  case send
  case sendMessage = "sendmsg"
  case sendTo = "sendto"
  case socket

  // Their options.
  case bindToDevice = "SO_BINDTODEVICE"
  case joinGroup = "IP_ADD_MEMBERSHIP"
  case joinSourceGroup = "MCAST_JOIN_SOURCE_GROUP"
  case multicastAll = "IP_MULTICAST_ALL"
  case multicastInterface = "IP_MULTICAST_IF"
  case multicastLoopback = "IP_MULTICAST_LOOP"
  case multicastTTL = "IP_MULTICAST_TTL"
  case pathMTUDiscovery = "IP_MTU_DISCOVER"
  case peerCredentials = "getsockopt SO_PEERCRED"
  case receiveBuffer = "SO_RCVBUF"
  case receiveErrors = "IP_RECVERR"
  case reuseAddress = "SO_REUSEADDR"
  case sendBuffer = "SO_SNDBUF"
  case timestamping = "SO_TIMESTAMPING"
  case ttl = "IP_TTL"
  case typeOfService = "IP_TOS"

  // Waiting.
  case epollControl = "epoll_ctl"
  case epollCreate = "epoll_create1"
  case eventCreate = "eventfd"
  case poll
  case timerCreate = "timerfd_create"

  // Files and memory.
  case addSeals = "fcntl F_ADD_SEALS"
  case allocate = "malloc"
  case changeFileMode = "fchmod"
  case changeMode = "chmod"
  case changeOwner = "chown"
  case lockMemory = "mlockall"
  case makeDirectory = "mkdir"
  case map = "mmap"
  case memoryCreate = "memfd_create"
  case open
  case openDirectory = "opendir"
  case populate = "madvise MADV_POPULATE_WRITE"
  case punchHole = "fallocate FALLOC_FL_PUNCH_HOLE"
  case read
  case rename
  case status = "fstat"
  case synchronize = "fsync"
  case truncate = "ftruncate"
  case unlink
  case write

  // Clocks and stamps.
  case adjustTime = "adjtimex"
  case clockGetTime = "clock_gettime"
  case clockOffset = "PTP_SYS_OFFSET"
  case clockOffsetExtended = "PTP_SYS_OFFSET_EXTENDED"
  case clockOffsetPrecise = "PTP_SYS_OFFSET_PRECISE"
  case stampInformation = "ETHTOOL_GET_TS_INFO"
  case stampSetting = "SIOCSHWTSTAMP"

  // Threads, programs and groups.
  case execute = "exec"
  case groupByName = "getgrnam"
  case pipe
  case spawn = "posix_spawn"
  case threadAttributes = "pthread_attr_init"
  case threadCreate = "pthread_create"
  case threadPriority = "pthread_attr_setschedparam"
  case threadStackSize = "pthread_attr_setstacksize"

  public var description: String { rawValue }

  init(_ call: clinux_call) {
    self =
      switch call {
      case .CLINUX_CALL_SOCKET: .socket
      case .CLINUX_CALL_BIND: .bind
      case .CLINUX_CALL_CONNECT: .connect
      case .CLINUX_CALL_IP_ADD_MEMBERSHIP: .joinGroup
      case .CLINUX_CALL_IP_MTU_DISCOVER: .pathMTUDiscovery
      case .CLINUX_CALL_IP_MULTICAST_ALL: .multicastAll
      case .CLINUX_CALL_IP_MULTICAST_IF: .multicastInterface
      case .CLINUX_CALL_IP_MULTICAST_LOOP: .multicastLoopback
      case .CLINUX_CALL_IP_MULTICAST_TTL: .multicastTTL
      case .CLINUX_CALL_IP_RECVERR: .receiveErrors
      case .CLINUX_CALL_IP_TOS: .typeOfService
      case .CLINUX_CALL_IP_TTL: .ttl
      case .CLINUX_CALL_MCAST_JOIN_SOURCE_GROUP: .joinSourceGroup
      case .CLINUX_CALL_SO_BINDTODEVICE: .bindToDevice
      case .CLINUX_CALL_SO_RCVBUF: .receiveBuffer
      case .CLINUX_CALL_SO_REUSEADDR: .reuseAddress
      case .CLINUX_CALL_SO_SNDBUF: .sendBuffer
      case .CLINUX_CALL_SO_TIMESTAMPING: .timestamping
      }
  }
}
