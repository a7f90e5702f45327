# SPDX-License-Identifier: MIT
"""The bench: two network namespaces, a daemon in each, patterns that name their own frames, and real peers."""
