# SPDX-License-Identifier: MIT
"""Programs can list and open the device, whether a daemon runs or not."""

import json
import re
import time

import pytest

from harness.network import wait_for

pytestmark = pytest.mark.calm

PORTAUDIO = """
import ctypes, json
pa = ctypes.CDLL("libportaudio.so.2")
class Info(ctypes.Structure):
    _fields_ = [("version", ctypes.c_int), ("name", ctypes.c_char_p), ("api", ctypes.c_int), ("inputs", ctypes.c_int),
                ("outputs", ctypes.c_int), ("latencies", ctypes.c_double * 4), ("rate", ctypes.c_double)]
pa.Pa_GetDeviceInfo.restype = ctypes.POINTER(Info)
assert pa.Pa_Initialize() == 0
infos = [pa.Pa_GetDeviceInfo(n).contents for n in range(pa.Pa_GetDeviceCount())]
print("LIST " + json.dumps([[i.name.decode(), i.inputs, i.outputs, i.rate] for i in infos]))
pa.Pa_Terminate()
"""


@pytest.fixture(params=["daemon runs", "no daemon"])
def host(request, lone):
    host = lone()
    if request.param == "no daemon":
        host.daemon.stop()
    return host


def test_aplay_lists_the_device(host):
    for program in ("aplay", "arecord"):
        listing = host.run(program, "-L").stdout
        assert "aes67\n" in listing and "AES67" in listing, listing


def test_portaudio_lists_the_device(host):
    begin = time.monotonic()
    output = host.run("/usr/bin/python3", "-c", PORTAUDIO).stdout
    devices = {d[0]: d[1:] for d in json.loads(output.split("LIST ")[1].splitlines()[0])}
    assert devices.get("aes67") == [64, 64, 48_000.0], devices
    assert time.monotonic() - begin < 10


def test_mixer_elements_can_be_read(host):
    listing = host.run("amixer", "-D", "aes67", "contents").stdout
    assert "numid=" in listing


def test_mixer_elements_have_channel_names(lone):
    """Channel names come from the descriptions of senders and received sessions. A channel without a stream has its number only."""
    host = lone(layout={"host": 1, "remote-host": 1}, network={"interface": "net0", "loopback": True},
                senders=[{"name": "Choir", "address": "239.69.5.1", "channels": 2, "first-channel": 3, "channel-names": "Soprano, Bühne"}],
                receivers=[{"name": "Back", "address": "239.69.5.1", "channels": 2, "first-channel": 9},
                           {"name": "Far", "address": "239.69.5.9", "channels": 1, "first-channel": 64}])

    def names(element):
        listing = host.run("amixer", "-D", "aes67", "cget", f"iface=CARD,name={element}").stdout
        return re.findall(r"; Item #\d+ '(.*)'", listing)
    wait_for(lambda: names("Capture Channels")[8:10] == ["9 Soprano", "10 Bühne"], "the names of received channels", 8, 0.1)
    assert names("Playback Channels")[1:5] == ["2", "3 Soprano", "4 Bühne", "5"]
    assert names("Capture Channels")[63] == "64 Far" and len(names("Capture Channels")) == 64


def test_open_fails_when_a_daemon_is_required(lone):
    host = lone()
    config = host.daemon.write_alsa_configuration("strict.conf", "pcm.aes67.require_daemon on\n")
    command = ["env", f"ALSA_CONFIG_PATH={config}", "aplay", "-q", "-D", "aes67:CH=2", "-f", "S32_LE", "-c", 2,
               "-r", 48000, "-d", 1, "/dev/zero"]
    assert host.run(*command, check=False).returncode == 0
    host.daemon.stop()
    begin = time.monotonic()
    refused = host.run(*command, check=False)
    assert refused.returncode != 0 and "No such device" in refused.stderr
    assert time.monotonic() - begin < 1


def test_playback_and_recording_without_a_daemon_take_real_time(lone):
    host = lone()
    host.daemon.stop()
    for program, file in (("aplay", "/dev/zero"), ("arecord", "/dev/null")):
        begin = time.monotonic()
        host.run(program, "-q", "-D", "aes67:CH=2", "-t", "raw", "-f", "S32_LE", "-c", 2, "-r", 48000, "-d", 2, file)
        # At half the speed, two seconds would take 4 s.
        assert 1.9 < time.monotonic() - begin < 3.5


@pytest.mark.parametrize("arguments,complaint", [("CH=65", "65"), ("CH=0", "0"), ("CH=8,FIRST=58", "58")])
def test_invalid_channels_are_refused_with_a_reason(lone, arguments, complaint):
    host = lone()
    refused = host.run("aplay", "-q", "-D", f"aes67:{arguments}", "-f", "S32_LE", "-c", 8, "-r", 48000, "-d", 1,
                       "/dev/zero", check=False)
    assert refused.returncode != 0 and complaint in refused.stderr, refused.stderr
