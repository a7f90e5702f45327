# SPDX-License-Identifier: MIT
"""Run on an emulated machine: RtAudio's library lists ALSA's cards, and plays on the named one until the daemon has a running client."""

import ctypes
import json
import sys
import time

ALSA, FLOAT32 = 1, 0x10  # from rtaudio_c.h
CHANNELS = 64


class Device(ctypes.Structure):
    _fields_ = [("probed", ctypes.c_int), ("outputs", ctypes.c_uint), ("inputs", ctypes.c_uint), ("duplex", ctypes.c_uint),
                ("default_output", ctypes.c_int), ("default_input", ctypes.c_int), ("formats", ctypes.c_ulong), ("preferred_rate", ctypes.c_uint),
                ("rates", ctypes.c_int * 16), ("name", ctypes.c_char * 512)]


class Parameters(ctypes.Structure):
    _fields_ = [("device", ctypes.c_uint), ("channels", ctypes.c_uint), ("first", ctypes.c_uint)]


Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint, ctypes.c_double, ctypes.c_uint, ctypes.c_void_p)


@Callback
def silence(output, _input, frames, _time, _status, _user):
    ctypes.memset(output, 0, frames * CHANNELS * 4)
    return 0


def main(wanted):
    library = ctypes.CDLL("librtaudio.so.6")
    library.rtaudio_create.restype = ctypes.c_void_p
    library.rtaudio_get_device_info.restype = Device
    audio = ctypes.c_void_p(library.rtaudio_create(ALSA))
    devices = [library.rtaudio_get_device_info(audio, number) for number in range(library.rtaudio_device_count(audio))]
    chosen, = [number for number, each in enumerate(devices) if each.name.decode() == wanted]
    frames = ctypes.c_uint(256)
    assert library.rtaudio_open_stream(audio, ctypes.byref(Parameters(chosen, CHANNELS, 0)), None, ctypes.c_ulong(FLOAT32), 48_000,
                                       ctypes.byref(frames), silence, None, None, None) == 0
    assert library.rtaudio_start_stream(audio) == 0
    until = time.monotonic() + 60
    running = []
    while not running and time.monotonic() < until:
        time.sleep(0.1)
        with open("/run/aes67/status.json", encoding="utf-8") as file:
            running = [client for client in json.load(file)["clients"] if client["running"]]
    print(json.dumps({"devices": {each.name.decode(): [each.outputs, each.inputs] for each in devices},
                      "client": [running[0]["program"], running[0]["channels"], running[0]["direction"]]}))
    library.rtaudio_stop_stream(audio)
    library.rtaudio_close_stream(audio)


main(sys.argv[1])
