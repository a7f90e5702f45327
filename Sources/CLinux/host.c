// SPDX-License-Identifier: MIT
#include "clinux_host.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

int clinux_terminal_size(int fd, int *columns, int *rows) {
  struct winsize size;
  if (ioctl(fd, TIOCGWINSZ, &size) != 0)
    return -1;
  *columns = size.ws_col;
  *rows = size.ws_row;
  return 0;
}

int clinux_energy_efficient_ethernet(const char *interface) {
  struct ethtool_eee eee = {.cmd = ETHTOOL_GEEE};
  struct ifreq request = {.ifr_data = (char *)&eee};
  if (strlen(interface) >= sizeof request.ifr_name)
    return -1;
  strcpy(request.ifr_name, interface);
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -1;
  int answer = ioctl(fd, SIOCETHTOOL, &request);
  close(fd);
  return answer != 0 ? -1 : eee.eee_enabled != 0;
}
