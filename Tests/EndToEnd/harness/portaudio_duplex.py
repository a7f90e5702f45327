# SPDX-License-Identifier: MIT
"""A PortAudio program with one callback for both directions, which plays impulses that identify their frame and detects them in its input.

    portaudio_duplex.py DEVICE CHANNELS BLOCK SECONDS-OF-AUDIO

Prints "DUPLEX " and JSON: the frames from playback to recording, PortAudio's own latencies in frames, and its xrun flags.
"""

import ctypes
import json
import sys
import time

RATE = 48_000
INT32 = 0x2
APART = 4_800  # frames between impulses
MARK = 1 << 30

pa = ctypes.CDLL("libportaudio.so.2")


class Parameters(ctypes.Structure):
    _fields_ = [("device", ctypes.c_int), ("channels", ctypes.c_int), ("format", ctypes.c_ulong),
                ("latency", ctypes.c_double), ("specific", ctypes.c_void_p)]


class DeviceInfo(ctypes.Structure):
    _fields_ = [("version", ctypes.c_int), ("name", ctypes.c_char_p)]


class StreamInfo(ctypes.Structure):
    _fields_ = [("version", ctypes.c_int), ("input", ctypes.c_double), ("output", ctypes.c_double),
                ("rate", ctypes.c_double)]


CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int32), ctypes.POINTER(ctypes.c_int32), ctypes.c_ulong,
                            ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p)
pa.Pa_GetDeviceInfo.restype = ctypes.POINTER(DeviceInfo)
pa.Pa_GetStreamInfo.restype = ctypes.POINTER(StreamInfo)
pa.Pa_GetErrorText.restype = ctypes.c_char_p


def check(code):
    if code < 0:
        raise SystemExit(f"PortAudio: {pa.Pa_GetErrorText(code).decode()}")
    return code


class Duplex:
    """The state of the callback."""

    def __init__(self, channels):
        self.channels, self.position, self.flags, self.delays = channels, 0, 0, {}

    def turn(self, heard, played, frames, _time, flags, _user):
        if self.position > 0:
            self.flags |= flags
        ctypes.memset(played, 0, frames * self.channels * 4)
        for frame in range(frames):
            value = heard[frame * self.channels]
            if value >= MARK:
                delay = self.position + frame - (value - MARK) // 256
                self.delays[delay] = self.delays.get(delay, 0) + 1
            if (self.position + frame) % APART == 0:
                played[frame * self.channels] = MARK + (self.position + frame) * 256
        self.position += frames
        return 0


def main():
    name, channels, block, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    check(pa.Pa_Initialize())
    names = [pa.Pa_GetDeviceInfo(number).contents.name.decode() for number in range(check(pa.Pa_GetDeviceCount()))]
    device = names.index(name)
    shape = Parameters(device, channels, INT32, block / RATE, None)
    stream, duplex = ctypes.c_void_p(), Duplex(channels)
    callback = CALLBACK(duplex.turn)
    check(pa.Pa_OpenStream(ctypes.byref(stream), ctypes.byref(shape), ctypes.byref(shape), ctypes.c_double(RATE),
                           ctypes.c_ulong(block), ctypes.c_ulong(0), callback, None))
    info = pa.Pa_GetStreamInfo(stream).contents
    check(pa.Pa_StartStream(stream))
    until = time.monotonic() + 30
    while duplex.position < seconds * RATE and time.monotonic() < until:
        time.sleep(0.01)
    check(pa.Pa_StopStream(stream))
    check(pa.Pa_CloseStream(stream))
    pa.Pa_Terminate()
    print("DUPLEX " + json.dumps({"delays": sorted(duplex.delays.items()), "flags": duplex.flags, "frames": duplex.position,
                                  "latencies": [info.input * RATE, info.output * RATE]}))


if __name__ == "__main__":
    main()
