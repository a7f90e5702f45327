// swift-tools-version: 6.2
// SPDX-License-Identifier: MIT
import PackageDescription

// AES67_CORE=1 leaves out the program and every package it needs: the sanitizers and the real-time
// gate build in seconds that way. Its one package is swift-system, for the names of errors.
let coreOnly = Context.environment["AES67_CORE"] == "1"

let house: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let houseC: [CSetting] = [
  .define("_GNU_SOURCE"),
  .treatAllWarnings(as: .error),
  .enableWarning("all"),
  .enableWarning("extra"),
]

let errno = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

var targets: [Target] = [
  // Contracts and C.
  .target(name: "CSharedMemory", cSettings: houseC),
  .target(name: "CLinux", cSettings: houseC),
  // Of the daemon alone, for which it replaces a function of the C library.
  .target(name: "CDispatchMonitor", cSettings: houseC),
  .systemLibrary(name: "CALSA", pkgConfig: "alsa", providers: [.apt(["libasound2-dev"])]),
  .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
  .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
  .systemLibrary(
    name: "CSampleRate", pkgConfig: "samplerate", providers: [.apt(["libsamplerate0-dev"])]),
  .systemLibrary(
    name: "CSoundFile", pkgConfig: "sndfile", providers: [.apt(["libsndfile1-dev"])]),
  .target(
    name: "ALSAPlugin", dependencies: ["CSharedMemory", "CALSA"],
    cSettings: houseC + [.define("PIC")]),

  // Pure.
  .target(name: "Addressing", swiftSettings: house),
  .target(name: "MediaClock", swiftSettings: house),
  .target(name: "Notation", dependencies: ["MediaClock"], swiftSettings: house),
  .target(name: "SeededRandom", swiftSettings: house),
  .target(name: "RealTime", swiftSettings: house),
  .target(
    name: "PTP", dependencies: ["Addressing", "MediaClock", "SeededRandom"], swiftSettings: house),
  .target(name: "RTP", dependencies: ["MediaClock"], swiftSettings: house),
  .target(name: "RTCP", dependencies: ["MediaClock"], swiftSettings: house),
  .target(
    name: "Session", dependencies: ["Addressing", "MediaClock", "Notation", "SeededRandom"],
    swiftSettings: house),
  // Not "Configuration": the package swift-configuration, which Hummingbird knows, has a module of that name.
  .target(
    name: "DaemonConfiguration",
    dependencies: ["Addressing", "MediaClock", "Notation", "PTP", "RTP", "Session"],
    swiftSettings: house),
  .target(name: "YAML", dependencies: ["DaemonConfiguration", "CYAML"], swiftSettings: house),
  .executableTarget(
    name: "Reference", dependencies: ["DaemonConfiguration"], swiftSettings: house,
    linkerSettings: [.linkedLibrary("m")]),

  // Real time.
  .target(
    name: "StreamEngine",
    dependencies: ["MediaClock", "RealTime", "RTP", "CSampleRate", "CSharedMemory"],
    swiftSettings: house),

  // Operating system.
  .target(
    name: "LinuxIO", dependencies: ["Addressing", "MediaClock", "Notation", "CLinux", errno],
    swiftSettings: house),

  // What the daemon and its command say to each other.
  .target(name: "JSONText", swiftSettings: house),
  .target(name: "ControlAPI", swiftSettings: house),
  .target(
    name: "StreamHealth", dependencies: ["ControlAPI", "MediaClock"], swiftSettings: house),
  .target(
    name: "ControlClient",
    dependencies: ["ControlAPI", "LinuxIO", "MediaClock", "Notation", errno],
    swiftSettings: house),

  // Tests of all that.
  .target(
    name: "Fuzzing", dependencies: ["SeededRandom"], path: "Tests/Support/Fuzzing",
    swiftSettings: house),
  .target(name: "CAllocationProbe", path: "Tests/Support/CAllocationProbe", cSettings: houseC),
  .testTarget(
    name: "MediaClockTests", dependencies: ["MediaClock", "CSharedMemory", "SeededRandom"],
    swiftSettings: house),
  .target(
    name: "Simulation", dependencies: ["PTP", "MediaClock", "SeededRandom"],
    path: "Tests/Support/Simulation",
    swiftSettings: house),
  .testTarget(
    name: "PTPTests",
    dependencies: ["PTP", "Addressing", "MediaClock", "Fuzzing", "SeededRandom", "Simulation"],
    exclude: ["Golden"], swiftSettings: house),
  .testTarget(
    name: "RTPTests", dependencies: ["RTP", "MediaClock", "Fuzzing", "SeededRandom"],
    swiftSettings: house),
  .testTarget(
    name: "RTCPTests", dependencies: ["RTCP", "MediaClock", "Fuzzing", "SeededRandom"],
    swiftSettings: house),
  .testTarget(
    name: "NotationTests", dependencies: ["Notation", "MediaClock"], swiftSettings: house),
  .testTarget(name: "AddressingTests", dependencies: ["Addressing"], swiftSettings: house),
  .target(
    name: "SessionCorpus", path: "Tests/Support/SessionCorpus", swiftSettings: house),
  .testTarget(
    name: "SessionTests",
    dependencies: [
      "Session", "SessionCorpus", "Addressing", "MediaClock", "Fuzzing", "SeededRandom",
    ],
    exclude: ["Corpus"], swiftSettings: house),
  .target(
    name: "StreamEngineBench",
    dependencies: ["StreamEngine", "RealTime", "RTP", "MediaClock", "CSharedMemory"],
    path: "Tests/Support/StreamEngineBench", swiftSettings: house),
  .executableTarget(
    name: "EngineCost",
    dependencies: [
      "StreamEngineBench", "StreamEngine", "RealTime", "RTP", "MediaClock", "CSharedMemory",
    ],
    path: "Tests/Support/EngineCost", swiftSettings: house),
  .testTarget(
    name: "StreamEngineTests",
    dependencies: [
      "StreamEngineBench", "StreamEngine", "RealTime", "RTP", "MediaClock", "CSharedMemory",
      "CAllocationProbe", "Fuzzing", "SeededRandom",
    ],
    exclude: ["Golden"], swiftSettings: house),
  .testTarget(
    name: "ALSAPluginTests", dependencies: ["ALSAPlugin", "CSharedMemory", "LinuxIO"],
    swiftSettings: house),
  .target(
    name: "ParsedConfiguration", dependencies: ["DaemonConfiguration", "YAML"],
    path: "Tests/Support/ParsedConfiguration", swiftSettings: house),
  .testTarget(
    name: "DaemonConfigurationTests",
    dependencies: [
      "DaemonConfiguration", "ParsedConfiguration", "YAML", "Addressing", "MediaClock", "PTP",
      "RTP", "Session",
    ],
    swiftSettings: house),
  .testTarget(name: "ControlAPITests", dependencies: ["ControlAPI"], swiftSettings: house),
  .testTarget(
    name: "StreamHealthTests",
    dependencies: ["StreamHealth", "ControlAPI", "MediaClock", "SeededRandom"],
    swiftSettings: house),
  .testTarget(
    name: "ControlClientTests", dependencies: ["ControlClient", "ControlAPI", "LinuxIO", errno],
    swiftSettings: house),
  .testTarget(
    name: "LinuxIOTests",
    dependencies: ["LinuxIO", "Addressing", "MediaClock", "CAllocationProbe", errno],
    swiftSettings: house),
]

if !coreOnly {
  targets += [
    // The daemon's rooms. Each knows those above it that it names, and none knows the composition below.
    .target(
      name: "EventLog",
      dependencies: [
        "LinuxIO", "MediaClock", .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: house),
    .target(
      name: "Device",
      dependencies: [
        "Notation", errno,
        "CSharedMemory", "MediaClock", "StreamEngine", "LinuxIO", "ControlAPI", "EventLog",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ], swiftSettings: house),
    .target(
      name: "Media",
      dependencies: [
        errno,
        "CSharedMemory", "Addressing", "MediaClock", "RealTime", "RTP", "RTCP", "StreamEngine",
        "LinuxIO", "ControlAPI", "DaemonConfiguration", "EventLog", "Device", "StreamHealth",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ], swiftSettings: house),
    .target(
      name: "Clocking",
      dependencies: [
        errno,
        "Addressing", "MediaClock", "RealTime", "PTP", "LinuxIO", "ControlAPI",
        "DaemonConfiguration",
        "EventLog", "Device",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ], swiftSettings: house),
    .target(
      name: "Discovery",
      dependencies: [
        "Addressing", "MediaClock", "Notation", "RTP", "Session", "LinuxIO", "ControlAPI",
        "DaemonConfiguration", "EventLog", "CZlib",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ], swiftSettings: house),
    .target(name: "CControlFiles", cSettings: houseC),
    .target(
      name: "Control",
      dependencies: [
        "CControlFiles",
        "JSONText",
        "Notation",
        "Addressing", "MediaClock", "Session", "LinuxIO", "ControlAPI", "DaemonConfiguration",
        "EventLog",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      exclude: ["Panel", "openapi.yaml"],
      swiftSettings: house),
    .target(
      name: "Daemon",
      dependencies: [
        "JSONText",
        "Addressing", "MediaClock", "Notation", "PTP", "Session", "LinuxIO", "ControlAPI",
        "DaemonConfiguration", "YAML", "EventLog", "Device", "Media", "Clocking", "Discovery",
        "Control",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ], swiftSettings: house),
    .executableTarget(
      name: "aes67d",
      dependencies: [
        "CDispatchMonitor", "Daemon", "DaemonConfiguration", "EventLog",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: house),
    .target(name: "SoundDevice", dependencies: ["CALSA"], swiftSettings: house),
    .target(name: "Recording", dependencies: ["CSoundFile"], swiftSettings: house),
    .target(
      name: "Listening", dependencies: ["CSampleRate", "SoundDevice"], swiftSettings: house),
    .executableTarget(
      name: "aes67",
      dependencies: [
        "JSONText", "Listening", "Recording", "SoundDevice",
        "DaemonConfiguration", "ControlClient", "ControlAPI", "LinuxIO", "MediaClock", "Notation",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: house),

    // Tests of those.
    .target(
      name: "CapturedLog", dependencies: [.product(name: "Logging", package: "swift-log")],
      path: "Tests/Support/CapturedLog", swiftSettings: house),
    .target(name: "Turns", path: "Tests/Support/Turns", swiftSettings: house),
    .testTarget(
      name: "RecordingTests", dependencies: ["Recording", "CSoundFile"], swiftSettings: house),
    .testTarget(
      name: "ListeningTests", dependencies: ["Listening", "SeededRandom", "SoundDevice"],
      swiftSettings: house),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "aes67", "ControlAPI", "LinuxIO",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: house),
    .testTarget(
      name: "EventLogTests",
      dependencies: [
        "EventLog", "LinuxIO", "MediaClock", .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: house),
    .testTarget(
      name: "DeviceTests",
      dependencies: [
        "Device", "CapturedLog", "CSharedMemory", "ControlAPI", "LinuxIO", "MediaClock", "Turns",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ], swiftSettings: house),
    .testTarget(
      name: "MediaTests",
      dependencies: [
        "Media", "Device", "ParsedConfiguration", "DaemonConfiguration", "CapturedLog",
        "Addressing", "CSharedMemory",
        "ControlAPI", "LinuxIO", "MediaClock", "RTCP", "RealTime", "StreamEngine",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ], swiftSettings: house),
    .testTarget(
      name: "ClockingTests",
      dependencies: [
        "Clocking", "Device", "ParsedConfiguration", "CapturedLog", "Addressing", "ControlAPI",
        "DaemonConfiguration", "LinuxIO", "MediaClock", "PTP", "Turns",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: house),
    .testTarget(
      name: "DiscoveryTests",
      dependencies: [
        "Discovery", "ParsedConfiguration", "CapturedLog", "ControlAPI", "DaemonConfiguration",
        "Addressing", "LinuxIO", "MediaClock", "Notation", "Session", "SessionCorpus", "CZlib",
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: house),
    .testTarget(
      name: "ControlTests",
      dependencies: [
        "Control", "CapturedLog", "ControlAPI", "DaemonConfiguration", "EventLog", "LinuxIO",
        "RealTime", "Turns", "YAML",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
      ], swiftSettings: house),
    .testTarget(
      name: "DaemonTests",
      dependencies: [
        "Daemon", "DaemonConfiguration", "YAML", "EventLog", "Addressing", "CapturedLog",
        "ControlAPI", "LinuxIO", "MediaClock", "Session", errno,
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: house),
  ]
}

let package = Package(
  name: "aes67-vsc",
  products: coreOnly
    ? []
    : [
      .executable(name: "aes67d", targets: ["aes67d"]),
      .executable(name: "aes67", targets: ["aes67"]),
    ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-system.git", from: "1.6.0")
  ]
    + (coreOnly
      ? []
      : [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.6.0"),
        .package(
          url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.6.0"),
        .package(
          url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0", traits: []),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.20.0"),
      ]),
  targets: targets,
  cLanguageStandard: .gnu11
)
