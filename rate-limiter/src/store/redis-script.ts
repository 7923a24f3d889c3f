import { createHash } from 'node:crypto';

import { MAX_COUNT } from '../algorithm/index.ts';

/**
 * The step of the fixed window inside Redis. KEYS: one per take. ARGV: hits and time to live (ms) of each.
 * INCRBY takes the hits as text, so they stay exact; two numbers of at most 2^50 cannot overflow its 64 bits.
 * The time to live is set once, when the counter is born.
 */
const LUA = `
local counts = {}
for i = 1, #KEYS do
  local hits, ttl = ARGV[2 * i - 1], ARGV[2 * i]
  local count
  if hits == '0' then
    count = tonumber(redis.call('GET', KEYS[i]) or '0')
  else
    count = redis.call('INCRBY', KEYS[i], hits)
    if count < 0 then
      redis.call('DEL', KEYS[i])
      count = 0
    elseif count > ${MAX_COUNT} then
      redis.call('SET', KEYS[i], '${MAX_COUNT}', 'PX', ttl)
      count = ${MAX_COUNT}
    elseif count == tonumber(hits) then
      redis.call('PEXPIRE', KEYS[i], ttl)
    end
  end
  counts[i] = count
end
return counts
`;

/** The script and the digest under which Redis remembers it. */
export const TAKE_SCRIPT = { lua: LUA, sha1: createHash('sha1').update(LUA).digest('hex') };
