// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import LinuxIO

/// `aes67 card`: the card AES67 for programs that list only kernel cards.
struct Card: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Adds the sound card to the kernel's list of cards, or removes it.",
    discussion: """
      For programs that offer only kernel cards, such as Ardour with its ALSA backend and programs that use \
      RtAudio. They find the card AES67 [Dummy]; hw:AES67 and plughw:AES67 open the device aes67 with its 64 \
      channels. The card comes from the kernel module snd-dummy and has number 31. Other cards keep their \
      numbers and open as before. The volume controls of the card have no effect.

      The card is added again whenever the host starts, until you remove it or the package. Without on or off, \
      the command shows whether the card exists.

      Examples:
        sudo aes67 card on
        sudo aes67 card off
        aes67 card
      """)

  /// The requested state of the card.
  enum State: String, CaseIterable, ExpressibleByArgument { case on, off }

  @Argument(help: "on adds the card, off removes it.") var state: State?

  func run() throws {
    let card = PlaceholderCard()
    let name = PlaceholderCard.name
    do {
      switch state {
      case .on:
        try card.add()
        print("card \(PlaceholderCard.number), \(name) [Dummy]: hw:\(name)")
      case .off:
        try card.remove()
        print(
          card.isThere
            ? "a program still uses the card \(name): it stays in the list, silent, until the host restarts"
            : "removed")
      case nil: print(card.isSet && card.isThere ? "on" : "off")
      }
    } catch let refusal as PlaceholderCard.Refusal {
      complain(refusal.reason, hint: refusal.hint)
      throw ExitCode(1)
    } catch let error as SystemError {
      let again = "sudo aes67 card \(state?.rawValue ?? "")"
      complain("\(error)", hint: error.isForbidden ? "this needs root: \(again)" : "")
      throw ExitCode(error.isForbidden ? 77 : 1)
    }
  }
}
