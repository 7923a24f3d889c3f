import { createHash } from 'node:crypto';

import { MAX_COUNT, SLICES } from '../algorithm/index.ts';

/**
 * What `chargeCall` does, inside Redis, for a whole batch of calls. KEYS: one for each take. ARGV: one JSON array
 * of numbers, as redis-wire.ts writes it. The answer: for each take the state of its counter before it.
 *
 * States are texts: of a window its count, so that INCRBY works on it; of slices `s NEWEST COUNT COUNT ...`; of a
 * bucket `b LEVEL AT`. All numbers are whole, and written in full (%.0f).
 */
const LUA = `
local numbers, cursor, keyIndex, states = cjson.decode(ARGV[1]), 1, 0, {}
local WINDOW, SLIDING, BUCKET, CONCURRENCY = 0, 1, 2, 3
local MAX_COUNT, KEPT = ${MAX_COUNT}, ${SLICES + 1}

-- Adds hits to a window and gives the count before. 'most': hits that lead above it are taken back again.
local function addToWindow(key, hits, ttl, most)
  if hits == 0 then return tonumber(redis.call('GET', key) or 0) end
  local count = redis.pcall('INCRBY', key, hits)
  if type(count) == 'table' then
    -- Called again, any other error is raised as Redis words it: READONLY, OOM, WRONGTYPE.
    if not string.find(count.err, 'overflow') then redis.call('INCRBY', key, hits) end
    redis.call('SET', key, string.format('%.0f', MAX_COUNT), 'KEEPTTL')
    return MAX_COUNT
  end
  local before = count - hits
  if hits > 0 and count > most then
    if before == 0 then redis.call('DEL', key) else redis.call('INCRBY', key, -hits) end
  elseif count <= 0 then
    redis.call('DEL', key)
  elseif count > MAX_COUNT then
    redis.call('SET', key, string.format('%.0f', MAX_COUNT), 'KEEPTTL')
    if before == 0 then redis.call('PEXPIRE', key, ttl) end
  elseif before == 0 then
    redis.call('PEXPIRE', key, ttl)
  end
  return math.min(before, MAX_COUNT)
end

local function parse(text, kind)
  if kind == WINDOW then return tonumber(text or 0) end
  local mark = kind == BUCKET and 'b' or 's'
  if not text or string.sub(text, 1, 2) ~= mark .. ' ' then return false end
  local state = {}
  for word in string.gmatch(string.sub(text, 3), '%S+') do state[#state + 1] = tonumber(word) end
  return state
end

local function textOf(state, kind)
  if kind == WINDOW then return state end
  if not state then return '' end
  local words = { kind == BUCKET and 'b' or 's' }
  for i = 1, #state do words[i + 1] = string.format('%.0f', state[i]) end
  return table.concat(words, ' ')
end

-- Slices as time has made them: { newest, youngest count, ..., oldest count }.
local function advance(before, sliceMs, now)
  local newest = math.floor(now / sliceMs)
  if not before then return { newest, 0 } end
  local gone = newest - before[1]
  if gone <= 0 then
    for i = 2, #before do
      if before[i] > 0 then return { unpack(before) } end
    end
    return { newest, 0 }
  end
  if gone >= KEPT then return { newest, 0 } end
  local state = { newest }
  for _ = 1, gone do state[#state + 1] = 0 end
  for i = 2, math.min(#before, KEPT + 1 - gone) do state[#state + 1] = before[i] end
  return state
end

-- 'slice': the one in which the hits were taken; below 0 the oldest first.
local function giveBack(state, left, slice)
  if slice >= 0 then
    local at = 2 + math.max(0, state[1] - slice)
    if state[at] then state[at] = math.max(0, state[at] - left) end
    return
  end
  for i = #state, 2, -1 do
    local taken = math.min(state[i], left)
    state[i] = state[i] - taken
    left = left - taken
  end
end

local function stepSlices(take, before, hits, now)
  local state = advance(before, take.lengthMs / ${SLICES}, now)
  if hits > 0 then state[2] = math.min(MAX_COUNT, state[2] + hits) end
  if hits < 0 then giveBack(state, -hits, take.kind == CONCURRENCY and take.burst or -1) end
  local used = 0
  for i = 2, #state do used = used + state[i] end
  return state, (hits == 0 and used >= take.limit) or (hits > 0 and used > take.limit)
end

local function stepBucket(take, before, hits, now)
  local capacity = take.burst * take.lengthMs
  local filledAt = before and before[1] > 0 and before[2] or now
  local at = math.max(now, filledAt)
  local level = math.max(0, (before and before[1] or 0) - (at - filledAt) * take.limit)
  local wanted = math.max(0, level + hits * take.lengthMs)
  local asked = hits == 0 and level + take.lengthMs or wanted
  local isOver = hits >= 0 and (take.limit == 0 or asked > capacity)
  return { math.min(wanted, capacity * 2), at }, isOver
end

local function step(take, before, hits, now)
  if take.kind == WINDOW then
    local count = math.min(MAX_COUNT, math.max(0, before + hits))
    return count, count > take.limit
  elseif take.kind == BUCKET then
    return stepBucket(take, before, hits, now)
  end
  return stepSlices(take, before, hits, now)
end

-- One round over the takes of a call, on a copy of what is known. 'isDenied': hits of spared takes are left out.
local function charge(takes, known, now, isDenied)
  local after, befores, overs, made = {}, {}, {}, {}
  for i, take in ipairs(takes) do
    local before = after[take.key]
    if before == nil then before = known[take.key] end
    local hits = take.hits
    if isDenied and take.isSpared and hits > 0 then hits = 0 end
    local state, isOver = step(take, before, hits, now)
    if hits ~= 0 and not (take.isSpared and hits > 0 and isOver) then
      after[take.key] = state
      -- What is given back to a counter that is not there makes none.
      if known[take.key] or hits > 0 then made[take.key] = state end
    end
    befores[i], overs[i] = before, isOver
  end
  for key in pairs(made) do made[key] = after[key] end
  return made, befores, overs
end

-- 'ttl': of a window all of its life, of another state how long it outlives its end.
local function write(take, state, before, now)
  if take.kind == WINDOW then
    if state ~= before then addToWindow(take.key, state - before, take.ttl, math.huge) end
    return
  end
  local ends
  if take.kind == BUCKET then
    ends = state[2] + (take.limit == 0 and take.lengthMs or math.ceil(state[1] / take.limit))
  else
    ends = (state[1] + KEPT) * take.lengthMs / ${SLICES}
  end
  local ttl = math.min(math.max(1, ends - now + take.ttl), MAX_COUNT)
  redis.call('SET', take.key, textOf(state, take.kind), 'PX', string.format('%.0f', ttl))
end

local function readTakes(count)
  local takes = {}
  for i = 1, count do
    local flags = numbers[cursor + 1]
    keyIndex = keyIndex + 1
    takes[i] = {
      key = KEYS[keyIndex], kind = numbers[cursor], isEnforced = flags % 2 == 1, isSpared = flags % 4 >= 2, isQuota = flags >= 4,
      hits = numbers[cursor + 2], limit = numbers[cursor + 3], lengthMs = numbers[cursor + 4],
      burst = numbers[cursor + 5], ttl = numbers[cursor + 6],
    }
    cursor = cursor + 7
  end
  return takes
end

-- A call whose takes depend on each other: two rounds, as chargeCall.
local function chargeCall(count)
  local now, known = numbers[cursor], {}
  cursor = cursor + 1
  local takes = readTakes(count)
  for _, take in ipairs(takes) do
    if known[take.key] == nil then known[take.key] = parse(redis.call('GET', take.key), take.kind) end
  end
  local made, befores, overs = charge(takes, known, now, false)
  local isDenied, quotas, overQuotas = false, 0, 0
  for i, take in ipairs(takes) do
    isDenied = isDenied or (overs[i] and take.isEnforced)
    if take.isQuota then
      quotas = quotas + 1
      if overs[i] then overQuotas = overQuotas + 1 end
    end
  end
  isDenied = isDenied or (quotas > 0 and quotas == overQuotas)
  if isDenied then
    local rereads
    made, rereads = charge(takes, known, now, true)
    for i, take in ipairs(takes) do
      if not overs[i] and take.hits ~= 0 then befores[i] = rereads[i] end
    end
  end
  for i, take in ipairs(takes) do
    states[#states + 1] = textOf(befores[i], take.kind)
    local state = made[take.key]
    if state ~= nil then write(take, state, known[take.key], now) end
    made[take.key] = nil
  end
end

-- A count from 0: a run of windows that do not depend on each other; below: so many takes of one call.
while cursor <= #numbers do
  local count = numbers[cursor]
  cursor = cursor + 1
  if count < 0 then
    chargeCall(-count)
  else
    for _ = 1, count do
      keyIndex = keyIndex + 1
      states[#states + 1] = addToWindow(
        KEYS[keyIndex], numbers[cursor], numbers[cursor + 1], numbers[cursor + 2])
      cursor = cursor + 3
    end
  end
end
return states
`;

/** The script and the digest under which Redis remembers it. */
export const TAKE_SCRIPT = { lua: LUA, sha1: createHash('sha1').update(LUA).digest('hex') };
