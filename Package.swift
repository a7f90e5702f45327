// swift-tools-version: 6.2
// SPDX-License-Identifier: MIT
import PackageDescription

// AES67_CORE=1 leaves out the program and every package it needs: the sanitizers and the real-time
// gate build in seconds that way.
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

var targets: [Target] = [
  // Contracts and C.
  .target(name: "CSharedMemory", cSettings: houseC),
  .target(name: "CLinux", cSettings: houseC),
  .systemLibrary(name: "CALSA", pkgConfig: "alsa", providers: [.apt(["libasound2-dev"])]),
  .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
  .systemLibrary(
    name: "CSampleRate", pkgConfig: "samplerate", providers: [.apt(["libsamplerate0-dev"])]),
  .target(
    name: "ALSAPlugin", dependencies: ["CSharedMemory", "CALSA"],
    cSettings: houseC + [.define("PIC")]),

  // Pure.
  .target(name: "Addressing", swiftSettings: house),
  .target(name: "MediaClock", swiftSettings: house),
  .target(name: "SeededRandom", swiftSettings: house),
  .target(name: "RealTime", swiftSettings: house),
  .target(
    name: "PTP", dependencies: ["Addressing", "MediaClock", "SeededRandom"], swiftSettings: house),
  .target(name: "RTP", dependencies: ["MediaClock"], swiftSettings: house),
  .target(name: "RTCP", dependencies: ["MediaClock"], swiftSettings: house),
  .target(
    name: "Session", dependencies: ["Addressing", "MediaClock", "SeededRandom"],
    swiftSettings: house),

  // Real time.
  .target(
    name: "StreamEngine",
    dependencies: ["MediaClock", "RealTime", "RTP", "CSampleRate", "CSharedMemory"],
    swiftSettings: house),

  // Operating system.
  .target(
    name: "LinuxIO", dependencies: ["Addressing", "MediaClock", "CLinux"], swiftSettings: house),

  // What the daemon and its command say to each other.
  .target(name: "ControlAPI", swiftSettings: house),
  .target(
    name: "ControlClient", dependencies: ["ControlAPI", "LinuxIO", "MediaClock"],
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
  .testTarget(name: "AddressingTests", dependencies: ["Addressing"], swiftSettings: house),
  .testTarget(
    name: "SessionTests",
    dependencies: ["Session", "Addressing", "MediaClock", "Fuzzing", "SeededRandom"],
    swiftSettings: house),
  .target(
    name: "StreamEngineBench",
    dependencies: ["StreamEngine", "RealTime", "RTP", "MediaClock", "CSharedMemory"],
    path: "Tests/Support/StreamEngineBench", swiftSettings: house),
  .executableTarget(
    name: "EngineCost",
    dependencies: ["StreamEngineBench", "StreamEngine", "RealTime", "RTP", "MediaClock"],
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
  .testTarget(name: "ControlAPITests", dependencies: ["ControlAPI"], swiftSettings: house),
  .testTarget(
    name: "ControlClientTests", dependencies: ["ControlClient", "ControlAPI"],
    swiftSettings: house),
  .testTarget(name: "LinuxIOTests", dependencies: ["LinuxIO", "MediaClock"], swiftSettings: house),
]

if !coreOnly {
  targets += [
    .target(
      name: "Daemon",
      dependencies: [
        "Addressing", "MediaClock", "RealTime", "PTP", "RTP", "Session", "StreamEngine", "LinuxIO",
        "ControlAPI", "RTCP", "CSharedMemory", "CZlib",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        .product(name: "Yams", package: "Yams"),
      ],
      resources: [
        .embedInCode("Control/Panel/panel.html"), .embedInCode("Control/openapi.yaml"),
      ], swiftSettings: house),
    .executableTarget(
      name: "aes67d",
      dependencies: [
        "Daemon", .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: house),
    .executableTarget(
      name: "aes67",
      dependencies: [
        "ControlClient", "ControlAPI", "LinuxIO", "MediaClock",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: house),
    .testTarget(
      name: "DaemonTests",
      dependencies: [
        "Daemon", "Addressing", "ControlAPI", "LinuxIO", "MediaClock", "PTP", "RTCP", "Session",
        "CSharedMemory", "CZlib",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
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
  dependencies: coreOnly
    ? []
    : [
      .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.5.0"),
      .package(url: "https://github.com/apple/swift-log.git", from: "1.6.0"),
      .package(
        url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.6.0"),
      .package(url: "https://github.com/jpsim/Yams.git", from: "6.0.0"),
      .package(
        url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0", traits: []),
      .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0", traits: []),
      .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
    ],
  targets: targets,
  cLanguageStandard: .gnu11
)
