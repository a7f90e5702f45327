// SPDX-License-Identifier: MIT
import DaemonConfiguration
import Foundation
import Testing

@testable import Daemon

/// The directories in which profiles are found, and the names that are refused.
@Suite struct ProfileStoreTests {
  private let shipped = ProfileStore([
    #filePath.components(separatedBy: "/Tests/")[0] + "/configs/profiles"
  ])

  @Test func listsItsProfiles() throws {
    #expect(shipped.names == ["interop", "low-latency"])
    #expect(ProfileStore(["/nowhere"]).names == ["interop"])
    #expect(try shipped.open("low-latency")?["network"]?["dscp"]?.text == "46")
  }

  @Test func theDefaultProfileNeedsNoFile() throws {
    #expect(try ProfileStore(["/nowhere"]).open("interop") == nil)
  }

  @Test(arguments: ["nosuch", "../aes67d", "", "a/b", "low-latency.yaml", "\u{0}"])
  func unknownNamesAreRefusedWithTheAvailableOnes(name: String) {
    let error = #expect(throws: ConfigurationError.self) { try shipped.open(name) }
    #expect(error?.description.contains("interop, low-latency") == true)
  }

  /// Configuration files in the root directory, in the working directory and in another directory.
  @Test(arguments: [
    ("/aes67d.yaml", "/profiles"), ("aes67d.yaml", "./profiles"),
    ("/etc/aes67/aes67d.yaml", "/etc/aes67/profiles"),
  ])
  func profilesLieBesideTheFile(file: String, directory: String) {
    #expect(ProfileStore(besideFile: file) == ProfileStore([directory, ProfileStore.shipped]))
  }
}
