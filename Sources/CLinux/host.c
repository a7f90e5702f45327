// SPDX-License-Identifier: MIT
#include "clinux_host.h"
#include "setup.h"

#include <limits.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

int clinux_terminal_size(int fd, int *columns, int *rows) {
  struct winsize size;
  if (ioctl(fd, TIOCGWINSZ, &size) != 0)
    return -1;
  *columns = size.ws_col;
  *rows = size.ws_row;
  return 0;
}

// Shows the cursor, and restores the previous screen.
static const char leave_screen[] = "\033[?25h\033[?1049l";

// The settings of standard input's terminal before single keys were read.
static struct termios usual_input;
static volatile sig_atomic_t reads_keys;

void clinux_leave_screen(int fd) {
  int code = errno;
  if (reads_keys)
    tcsetattr(STDIN_FILENO, TCSANOW, &usual_input);
  ssize_t written = write(fd, leave_screen, sizeof leave_screen - 1);
  (void)written; // the terminal may be gone
  errno = code;
}

// Keeps the previous screen, hides the cursor, and clears the new screen.
static const char enter_screen[] = "\033[?1049h\033[?25l\033[2J";

void clinux_enter_screen(int fd) {
  int code = errno;
  struct termios keys;
  if (!reads_keys && isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &usual_input) == 0)
    reads_keys = 1;
  if (reads_keys) {
    keys = usual_input;
    keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    keys.c_cc[VMIN] = 1;
    keys.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSANOW, &keys);
  }
  ssize_t written = write(fd, enter_screen, sizeof enter_screen - 1);
  (void)written;
  errno = code;
}

static void leave_and_exit(int number) {
  clinux_leave_screen(STDOUT_FILENO);
  _exit(128 + number);
}

static void leave_and_crash(int number) {
  clinux_leave_screen(STDOUT_FILENO);
  raise(number); // with the default action: SA_RESETHAND
}

static void leave_and_stop(int number) {
  (void)number;
  clinux_leave_screen(STDOUT_FILENO);
  raise(SIGSTOP);
  clinux_enter_screen(STDOUT_FILENO);
}

void clinux_leave_screen_on_signals(void) {
  static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT}, crashes[] = {SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGSEGV};
  struct sigaction end = {.sa_handler = leave_and_exit};
  struct sigaction crash = {.sa_handler = leave_and_crash, .sa_flags = SA_RESETHAND | SA_NODEFER};
  struct sigaction stop = {.sa_handler = leave_and_stop, .sa_flags = SA_RESTART};
  for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
    sigaction(ends[i], &end, NULL);
  for (size_t i = 0; i < sizeof crashes / sizeof crashes[0]; i++)
    sigaction(crashes[i], &crash, NULL);
  sigaction(SIGTSTP, &stop, NULL);
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
  // The older request: it takes one call, and works with every driver.
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
