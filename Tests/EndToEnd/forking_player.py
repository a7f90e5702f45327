# SPDX-License-Identifier: MIT
"""Plays a stereo S32_LE file through alsa-lib. In the middle of it, a forked child closes the PCM and ends."""

import ctypes
import os
import pathlib
import sys

alsa = ctypes.CDLL("libasound.so.2")
alsa.snd_pcm_writei.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong]
alsa.snd_pcm_writei.restype = ctypes.c_long
S32_LE, RW_INTERLEAVED, PLAYBACK = 10, 3, 0
LATENCY_MICROSECONDS = 170_000


def check(result, what):
    if result < 0:
        sys.exit(f"{what}: {os.strerror(-result)}")
    return result


pcm = ctypes.c_void_p()
check(alsa.snd_pcm_open(ctypes.byref(pcm), b"aes67:CH=2", PLAYBACK, 0), "open")
check(alsa.snd_pcm_set_params(pcm, S32_LE, RW_INTERLEAVED, 2, 48_000, 0, LATENCY_MICROSECONDS), "set_params")
data = pathlib.Path(sys.argv[1]).read_bytes()
for begin in range(0, len(data), 8 * 1024):
    block = data[begin:begin + 8 * 1024]
    written = check(alsa.snd_pcm_writei(pcm, block, len(block) // 8), "write")
    assert written == len(block) // 8, f"short write of {written}"
    if begin == 8 * 1024 * 40 and os.fork() == 0:
        alsa.snd_pcm_close(pcm)
        os._exit(0)
check(alsa.snd_pcm_drain(pcm), "drain")
check(alsa.snd_pcm_close(pcm), "close")
