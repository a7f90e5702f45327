// SPDX-License-Identifier: MIT
internal import LinuxIO

/// The kernel's card AES67: an entry in the list of kernel cards that stands for the device `aes67`.
///
/// It belongs to the kernel module `snd-dummy`, which makes no sound. Its ALSA configuration opens the device
/// under the card's names.
struct PlaceholderCard {
  /// The reason why the card cannot be added, and the remedy.
  struct Refusal: Error, Equatable {
    var reason: String
    var hint: String
  }

  static let module = "snd-dummy"
  /// The name of the card, and the last possible number of a card, so that no other card gets another number.
  static let name = "AES67"
  static let number = 31

  static let shipped = "/usr/share/alsa/alsa.conf.d/61-aes67-card.conf"
  static let enabled = "/etc/alsa/conf.d/61-aes67-card.conf"
  static let options = "/etc/modprobe.d/aes67-card.conf"
  static let atStart = "/etc/modules-load.d/aes67-card.conf"

  /// The output of a program; nil if it fails or is missing.
  var output: ([String]) -> String? = { Programs.output(of: $0) }
  var exists: (String) -> Bool = { Files.exists($0) }

  var isSet: Bool { exists(Self.options) }
  /// Returns true if the kernel has the card now.
  var isThere: Bool { exists("/proc/asound/\(Self.name)") }

  /// The reason why the card cannot be added to this host; nil if it can.
  var obstacle: Refusal? {
    guard exists(Self.shipped) else {
      return Refusal(reason: "\(Self.shipped) is missing", hint: "install aes67-vsc again")
    }
    guard output(["modprobe", "--dry-run", Self.module]) != nil else {
      return Refusal(
        reason: "the running kernel has no module \(Self.module)",
        hint: "Debian's linux-image-amd64 has it, its cloud kernels do not; in a container, "
          + "the card is added on the host")
    }
    guard isThere || !exists("/sys/module/snd_dummy") else {
      return Refusal(
        reason: "the module \(Self.module) is in use for another card",
        hint: "sudo modprobe -r \(Self.module), and remove its options from /etc/modprobe.d")
    }
    return nil
  }

  /// Adds the card, now and at each start of the host.
  func add() throws {
    if let obstacle { throw obstacle }
    // First the names, so that no program ever finds the card without the device behind it. A copy: a link that leads
    // nowhere would keep ALSA from opening any card.
    try Files.replace(Self.enabled, with: try Files.read(Self.shipped))
    try Files.replace(
      Self.options,
      with: "# Written by `aes67 card on`; `aes67 card off` removes it.\n"
        + "options \(Self.module) id=\(Self.name) index=\(Self.number) pcm_devs=1\n")
    try Files.replace(
      Self.atStart,
      with: "# Written by `aes67 card on`; `aes67 card off` removes it.\n\(Self.module)\n")
    guard output(["modprobe", Self.module]) != nil, isThere else {
      try remove()
      throw Refusal(
        reason: "the kernel did not add the card \(Self.name)",
        hint: "journalctl -k says why; card number \(Self.number) must be free")
    }
  }

  /// Removes the card. It remains in the kernel's list while a program holds it.
  func remove() throws(SystemError) {
    for path in [Self.options, Self.atStart] where exists(path) { try Files.delete(path) }
    if isThere { _ = output(["modprobe", "--remove", Self.module]) }
    if exists(Self.enabled) { try Files.delete(Self.enabled) }
  }
}
