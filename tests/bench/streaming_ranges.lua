-- wrk -s streaming_ranges.lua <url> -- <bytes of a range> <bytes of a file> <path> <cookie> <path> <cookie>...
-- Asks for ranges at random places, prepared beforehand so that the generator costs little.
local requests, turn = {}, 0

function init(args)
  local length, size = tonumber(args[1]), tonumber(args[2])
  math.randomseed(4)
  for listener = 3, #args, 2 do
    for _ = 1, 32 do
      local first = math.random(0, size - length)
      local range = string.format("bytes=%d-%d", first, first + length - 1)
      local headers = { Cookie = args[listener + 1], Range = range }
      requests[#requests + 1] = wrk.format("GET", args[listener], headers)
    end
  end
  for place = #requests, 2, -1 do
    local other = math.random(place)
    requests[place], requests[other] = requests[other], requests[place]
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration, summary.bytes,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
