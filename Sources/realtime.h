// SPDX-License-Identifier: MIT
//
// AES67_REALTIME declares to the Swift compiler, which cannot see into C functions, that a function takes no
// locks and allocates nothing. Included by relative path, so that it belongs to no module.
#ifndef AES67_REALTIME_H
#define AES67_REALTIME_H

#if defined(__clang__)
#define AES67_REALTIME                                                                             \
  __attribute__((swift_attr("@_noLocks"))) __attribute__((swift_attr("@_noAllocation")))
#else
#define AES67_REALTIME
#endif

#endif
