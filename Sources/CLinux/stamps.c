// SPDX-License-Identifier: MIT
#include "clinux_stamps.h"
#include "setup.h"

#include <linux/ethtool.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>

int clinux_read_stamp_facts(const char *interface_name, clinux_stamp_facts *facts) {
  struct ethtool_ts_info info = {.cmd = ETHTOOL_GET_TS_INFO};
  if (clinux_ask_interface(interface_name, SIOCETHTOOL, &info) != 0)
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
  if (clinux_ask_interface(interface_name, SIOCGHWTSTAMP, &setting) != 0)
    return -1;
  *transmit_type = setting.tx_type;
  *receive_filter = setting.rx_filter;
  return 0;
}

int clinux_write_stamp_setting(const char *interface_name, int transmit_type, int receive_filter) {
  struct hwtstamp_config setting = {.tx_type = transmit_type, .rx_filter = receive_filter};
  return clinux_ask_interface(interface_name, SIOCSHWTSTAMP, &setting);
}
