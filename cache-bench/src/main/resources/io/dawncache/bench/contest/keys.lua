-- For wrk: asks for the keys in the file KEYS, under PREFIX and in their order; each connection writes
-- its next DEPTH requests at once. With FRESH set, the keys are numbers from it on, of the same length.
local prefix = os.getenv("PREFIX")
local depth = tonumber(os.getenv("DEPTH"))
local fresh = tonumber(os.getenv("FRESH"))
local requests, at = {}, 0

function init()
  local batch = {}
  for key in io.lines(os.getenv("KEYS")) do
    batch[#batch + 1] = wrk.format("GET", prefix .. "/" .. key)
    if #batch == depth then
      requests[#requests + 1] = table.concat(batch)
      batch = {}
    end
  end
end

function request()
  at = at + 1
  if fresh then
    return wrk.format("GET", prefix .. "/" .. ("%08x"):format(fresh + at))
  end
  return requests[(at - 1) % #requests + 1]
end
