# SPDX-License-Identifier: MIT
"""The test bench: two network namespaces with a daemon each, patterns whose samples identify their frame, and real peers."""
