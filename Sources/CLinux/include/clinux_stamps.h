// SPDX-License-Identifier: MIT
//
// The timestamping capabilities of an interface, and its hardware timestamps (timestamping.rst). The setting
// is the interface's, shared by all programs: it is only ever extended.

#ifndef CLINUX_STAMPS_H
#define CLINUX_STAMPS_H

#include <stdint.h>

// The result of ETHTOOL_GET_TS_INFO: SOF_TIMESTAMPING flags, the number of the card's clock or -1, and sets of
// HWTSTAMP_TX and HWTSTAMP_FILTER values.
typedef struct clinux_stamp_facts {
  uint32_t flags;
  int32_t clock;
  uint32_t transmit_types;
  uint32_t receive_filters;
} clinux_stamp_facts;

// 0, or -1 and errno.
int clinux_read_stamp_facts(const char *interface_name, clinux_stamp_facts *facts);

// The interface's setting, as HWTSTAMP_TX and HWTSTAMP_FILTER values; 0, or -1 and errno.
int clinux_read_stamp_setting(const char *interface_name, int *transmit_type, int *receive_filter);
int clinux_write_stamp_setting(const char *interface_name, int transmit_type, int receive_filter);

#endif
