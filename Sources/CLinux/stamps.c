// SPDX-License-Identifier: MIT
#include "clinux_stamps.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

// One ioctl about an interface.
static int ask(const char *interface_name, unsigned long request, void *argument) {
  struct ifreq question = {.ifr_data = argument};
  strncpy(question.ifr_name, interface_name, IFNAMSIZ - 1);
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -1;
  int answer = ioctl(fd, request, &question), code = errno;
  close(fd);
  errno = code;
  return answer < 0 ? -1 : 0;
}

int clinux_read_stamp_facts(const char *interface_name, clinux_stamp_facts *facts) {
  struct ethtool_ts_info info = {.cmd = ETHTOOL_GET_TS_INFO};
  if (ask(interface_name, SIOCETHTOOL, &info) != 0)
    return -1;
  *facts = (clinux_stamp_facts){.flags = info.so_timestamping,
    .clock = info.phc_index,
    .transmit_types = info.tx_types,
    .receive_filters = info.rx_filters};
  return 0;
}

int clinux_read_stamp_setting(
  const char *interface_name, int *transmit_type, int *receive_filter) {
  struct hwtstamp_config setting = {0};
  if (ask(interface_name, SIOCGHWTSTAMP, &setting) != 0)
    return -1;
  *transmit_type = setting.tx_type;
  *receive_filter = setting.rx_filter;
  return 0;
}

int clinux_write_stamp_setting(const char *interface_name, int transmit_type, int receive_filter) {
  struct hwtstamp_config setting = {.tx_type = transmit_type, .rx_filter = receive_filter};
  return ask(interface_name, SIOCSHWTSTAMP, &setting);
}
