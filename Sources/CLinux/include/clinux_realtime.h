// SPDX-License-Identifier: MIT

#ifndef CLINUX_REALTIME_H
#define CLINUX_REALTIME_H

// Tells the Swift compiler what the real-time gate must know of a C function it cannot look into.
#if defined(__clang__)
#define CLINUX_REALTIME                                                                            \
  __attribute__((swift_attr("@_noLocks"))) __attribute__((swift_attr("@_noAllocation")))
#else
#define CLINUX_REALTIME
#endif

#endif
