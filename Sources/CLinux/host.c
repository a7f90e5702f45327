// SPDX-License-Identifier: MIT
#include "clinux_host.h"
#include "setup.h"

#include <limits.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <signal.h>
#include <sys/ioctl.h>

int clinux_terminal_size(int fd, int *columns, int *rows) {
  struct winsize size;
  if (ioctl(fd, TIOCGWINSZ, &size) != 0)
    return -1;
  *columns = size.ws_col;
  *rows = size.ws_row;
  return 0;
}

// The cursor is shown, and the screen is the one from before.
static const char leave_screen[] = "\033[?25h\033[?1049l";

void clinux_leave_screen(int fd) {
  int code = errno;
  ssize_t written = write(fd, leave_screen, sizeof leave_screen - 1);
  (void)written; // a screen that has gone needs nothing
  errno = code;
}

static void leave_and_exit(int number) {
  clinux_leave_screen(STDOUT_FILENO);
  _exit(128 + number);
}

void clinux_leave_screen_on_signals(void) {
  static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
  struct sigaction action = {.sa_handler = leave_and_exit};
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
    sigaction(numbers[i], &action, NULL);
}

static volatile sig_atomic_t interrupted;

static void note_interruption(int number) {
  (void)number;
  interrupted = 1;
}

void clinux_watch_interruption(void) {
  static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
  struct sigaction action = {.sa_handler = note_interruption, .sa_flags = SA_RESTART};
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
    sigaction(numbers[i], &action, NULL);
}

bool clinux_is_interrupted(void) { return interrupted; }

int clinux_energy_efficient_ethernet(const char *interface) {
  struct ethtool_eee eee = {.cmd = ETHTOOL_GEEE};
  return clinux_ask_interface(interface, SIOCETHTOOL, &eee) != 0 ? -1 : eee.eee_enabled != 0;
}

int clinux_link_speed(const char *interface, int *full_duplex) {
  // The older of both requests: one call, and the kernel answers it for every driver.
  struct ethtool_cmd link = {.cmd = ETHTOOL_GSET};
  *full_duplex = -1;
  if (clinux_ask_interface(interface, SIOCETHTOOL, &link) != 0)
    return -1;
  unsigned speed = ethtool_cmd_speed(&link);
  if (speed == 0 || speed >= (unsigned)INT_MAX)
    return -1;
  if (link.duplex == DUPLEX_FULL || link.duplex == DUPLEX_HALF)
    *full_duplex = link.duplex == DUPLEX_FULL;
  return (int)speed;
}
