-- SPDX-License-Identifier: MIT
-- Run by Ardour's luasession: records TRACKS tracks of the ALSA device until the file STOP is there, and
-- saves the session in DIRECTORY.
local device, period = os.getenv("DEVICE"), tonumber(os.getenv("PERIOD"))
local tracks, stop, directory = tonumber(os.getenv("TRACKS")), os.getenv("STOP"), os.getenv("DIRECTORY")

local engine = AudioEngine
local backend = engine:set_backend("ALSA", "", "")
backend:set_device_name(device)
backend:set_sample_rate(48000)
backend:set_buffer_size(period)
assert(engine:start(false) == 0, "the engine did not start")

local session = create_session(directory, "take", 48000)
local list = session:new_audio_track(1, 1, nil, tracks, "Track", ARDOUR.PresentationInfo.max_order, ARDOUR.TrackMode.Normal,
  true)
local _, found = engine:get_backend_ports("", ARDOUR.DataType.audio(),
  ARDOUR.PortFlags.IsOutput | ARDOUR.PortFlags.IsPhysical, C.StringVector())
local ports = {}
for name in found[4]:iter() do ports[#ports + 1] = name end
print("PORTS " .. #ports)

local number = 0
for route in list:iter() do
  number = number + 1
  route:input():disconnect_all(nil)
  route:input():audio(0):connect(ports[number])
  route:to_track():rec_enable_control():set_value(1, PBD.GroupControlDisposition.NoGroup)
end
session:maybe_enable_record(false)
session:request_roll(ARDOUR.TransportRequestSource.TRS_UI)
local began = os.time()
while not session:actively_recording() and os.time() - began < 20 do sleep(1) end
print("RECORDING " .. tostring(session:actively_recording()))
io.stdout:flush()
began = os.time()
while not io.open(stop) and os.time() - began < 30 do sleep(1) end
print("XRUNS " .. session:get_xrun_count())
session:request_stop(false, false, ARDOUR.TransportRequestSource.TRS_UI)
sleep(2)
session:save_state("")
close_session()
print("SAVED")
