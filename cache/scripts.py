"""What the shared cache does within Redis, each in one script and so in one round trip: nothing comes between its steps.

Under a prefix that holds the server's run id and the token of its present life (`cache.link`):

    v:<entity>   its version; none: the next that looks makes one
    e:<key>      a hash: i its id, v vector, b body, t stored at, c cost, l ttl, k kind, s size
    rank         zset of keys, the next to go first   t:<table>   the same for the entries over one table
    size, over   hashes: key -> bytes, key -> entities   bytes, table   bytes in all, hash: table -> bytes
    asked:<time> hash: 16 bits of a key's digest -> how often it was asked for in these minutes
    m:<entity>   zset of the marks of changes that have been noted, the oldest first
    f:<key>:<…>  who reads it at the vector of this digest, for others that wait (`cache.leases`); `none`: nobody waits
    floor        the rank of the last that went for want of room

Each script begins with a write, which a replica refuses, and a primary that was cut off: neither may answer. A Redis that is full
refuses what needs memory if it is a script's first write, and nothing after it: PUT begins with such a one, the others do not, so
that a full Redis still answers and moves versions on.
"""

from __future__ import annotations

BEGIN = """
-- Which life of this server is the present one: KEYS[1] holds it; ARGV: a token for a new one
redis.call('DEL', KEYS[1] .. '-')
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') .. ':'
local replication = ':' .. string.match(redis.call('INFO', 'replication'), 'master_replid:(%w+)')
local held = redis.call('GET', KEYS[1])
if held and string.sub(held, 1, #run) == run and string.sub(held, -#replication) == replication then return held end
held = run .. ARGV[1] .. replication
redis.call('SET', KEYS[1], held)
return held
"""

_SHARED = """
local prefix = KEYS[1]
if redis.call('GET', KEYS[2]) ~= table.remove(ARGV, 1) then return redis.error_reply('FOZLIFE another life has begun') end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function entities(text)
  local found, at = {}, 1
  while at <= #text do
    local colon = string.find(text, ':', at, true)
    local length = tonumber(string.sub(text, at, colon - 1))
    found[#found + 1] = string.sub(text, colon + 1, colon + length)
    at = colon + length + 1
  end
  return found
end
local function is_table(entity) return string.find(entity, '.', 1, true) and string.sub(entity, -1) ~= '#' end
local function tables(text)
  local found = {}
  for _, entity in ipairs(entities(text)) do
    if is_table(entity) then found[#found + 1] = entity end
  end
  return found
end
local function drop(key)
  redis.call('DEL', prefix .. 'e:' .. key)
  local size = tonumber(redis.call('HGET', prefix .. 'size', key) or '0')
  local over = redis.call('HGET', prefix .. 'over', key)
  if not over then return end
  redis.call('DECRBY', prefix .. 'bytes', size)
  for _, name in ipairs(tables(over)) do
    redis.call('ZREM', prefix .. 't:' .. name, key)
    if redis.call('HINCRBY', prefix .. 'table', name, -size) <= 0 then redis.call('HDEL', prefix .. 'table', name) end
  end
  redis.call('HDEL', prefix .. 'size', key)
  redis.call('HDEL', prefix .. 'over', key)
  redis.call('ZREM', prefix .. 'rank', key)
end
local function counted(key, more)
  local window, field = math.floor(now / 300000), string.sub(redis.sha1hex(key), 1, 4)
  local current = prefix .. 'asked:' .. window
  local count = more > 0 and redis.call('HINCRBY', current, field, more) or tonumber(redis.call('HGET', current, field) or '0')
  if more > 0 and count == more then redis.call('PEXPIRE', current, 600000) end
  local before = tonumber(redis.call('HGET', prefix .. 'asked:' .. (window - 1), field) or '0')
  return math.max(1, count + math.floor(before / 2))
end
local function worth(asked, lru, cost, size)
  if lru == '1' then return now end
  return tonumber(redis.call('GET', prefix .. 'floor') or '0') + asked * math.max(cost, 0.01) / math.max(size, 1)
end
local function place(key, tables, rank)
  redis.call('ZADD', prefix .. 'rank', rank, key)
  for _, name in ipairs(tables) do redis.call('ZADD', prefix .. 't:' .. name, rank, key) end
end
"""

_ALWAYS = _SHARED + "redis.call('DEL', prefix .. '-')"
_WITH_ROOM = _SHARED + "redis.call('INCRBY', prefix .. 'bytes', 0)"

LOOK = (
    _ALWAYS
    + """
-- ARGV: key, token for what has no version, max age, max staleness, lru, id of the entry that the caller has or '',
--       then of each entity its name and its proof or ''
local key, fresh, max_age, max_stale, lru, has = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5], ARGV[6]
local asked = counted(key, 1)
local versions, vector, over = {}, {}, {}
for at = 7, #ARGV, 2 do
  local version = ARGV[at + 1]
  if version == '' then
    version = redis.call('GET', prefix .. 'v:' .. ARGV[at])
    if not version then
      version = fresh .. '.' .. at
      redis.call('SET', prefix .. 'v:' .. ARGV[at], version)
    end
  end
  versions[#versions + 1] = version
  if is_table(ARGV[at]) then over[#over + 1] = ARGV[at] end
  vector[#vector + 1] = #ARGV[at] .. ':' .. ARGV[at] .. #version .. ':' .. version
end
local held = redis.pcall('HMGET', prefix .. 'e:' .. key, 'v', 't', 'c', 's', 'i')
if not held.err and not held[1] then
  if redis.call('HEXISTS', prefix .. 'size', key) == 1 then drop(key) return {0, versions, 'expired'} end
  return {0, versions, ''}
end
local stored, cost, size = tonumber(held[2] or ''), tonumber(held[3] or ''), tonumber(held[4] or '')
if not (stored and cost and size and held[5]) then drop(key) return {0, versions, 'undecodable'} end
local age = now - stored
if age < 0 then drop(key) return {0, versions, 'expired'} end
local stale = held[1] ~= table.concat(vector)
if stale and not (max_stale > 0 and age <= max_stale) then return {0, versions, ''} end
if not stale and max_age >= 0 and age > max_age then return {0, versions, ''} end
place(key, over, worth(asked, lru, cost, size))
if has ~= '' and held[5] == has then return {stale and 2 or 1, versions, age} end
return {stale and 2 or 1, versions, age, redis.call('HMGET', prefix .. 'e:' .. key, 'i', 'v', 'b', 'c', 'l', 'k', 's')}
"""
)

PUT = (
    _WITH_ROOM
    + """
-- ARGV: key, vector, entities, body, cost, ttl, kind, size, max bytes, max bytes over a table, lru, id, token of the lease or '',
--       then of each entity of which the store keeps the version its name and that version
local key, over, cost, size, lru = ARGV[1], ARGV[3], tonumber(ARGV[5]), tonumber(ARGV[8]), ARGV[11]
for at = 14, #ARGV, 2 do
  if redis.call('GET', prefix .. 'v:' .. ARGV[at]) ~= ARGV[at + 1] then return {0} end
end
local gone = {}
if redis.call('HEXISTS', prefix .. 'over', key) == 1 then drop(key) gone[1] = 'replaced' end
local rank = worth(counted(key, 0), lru, cost, size)
local leaving, reasons, freed, floor = {}, {}, 0, 0
local function leave(zset, missing, reason)
  local from = 0
  repeat
    local names = redis.call('ZRANGE', zset, from, from + 63, 'WITHSCORES')
    for at = 1, #names, 2 do
      if missing <= 0 then return true end
      local other, score = names[at], tonumber(names[at + 1])
      local bytes = tonumber(redis.call('HGET', prefix .. 'size', other) or '0')
      if not reasons[other] then
        if score > rank then return false end
        reasons[other] = reason
        leaving[#leaving + 1] = other
        freed = freed + bytes
        floor = math.max(floor, score)
        missing = missing - bytes
      elseif reason == 'quota' then
        missing = missing - bytes
      end
    end
    from = from + 64
  until #names == 0
  return missing <= 0
end
-- Where Redis has evicted what says which entries there are, what says how many bytes they take is of no use any more.
if redis.call('EXISTS', prefix .. 'rank') == 0 then redis.call('DEL', prefix .. 'bytes', prefix .. 'table') end
for _, name in ipairs(tables(over)) do
  if redis.call('EXISTS', prefix .. 't:' .. name) == 0 then redis.call('HDEL', prefix .. 'table', name) end
  local missing = tonumber(redis.call('HGET', prefix .. 'table', name) or '0') + size - tonumber(ARGV[10])
  if missing > 0 and not leave(prefix .. 't:' .. name, missing, 'quota') then return {0, gone} end
end
local missing = tonumber(redis.call('GET', prefix .. 'bytes') or '0') - freed + size - tonumber(ARGV[9])
if missing > 0 and not leave(prefix .. 'rank', missing, 'room') then return {0, gone} end
for _, other in ipairs(leaving) do drop(other) gone[#gone + 1] = reasons[other] end
if lru ~= '1' and floor > tonumber(redis.call('GET', prefix .. 'floor') or '0') then
  redis.call('SET', prefix .. 'floor', floor)
end
local entry = prefix .. 'e:' .. key
redis.call(
  'HSET', entry, 'i', ARGV[12], 'v', ARGV[2], 'b', ARGV[4], 't', now, 'c', cost, 'l', ARGV[6], 'k', ARGV[7], 's', size
)
redis.call('PEXPIRE', entry, ARGV[6])
redis.call('HSET', prefix .. 'size', key, size)
redis.call('HSET', prefix .. 'over', key, over)
redis.call('INCRBY', prefix .. 'bytes', size)
for _, name in ipairs(tables(over)) do redis.call('HINCRBY', prefix .. 'table', name, size) end
place(key, tables(over), rank)
local flight = prefix .. 'f:' .. key .. ':' .. redis.sha1hex(ARGV[2])
if ARGV[13] ~= '' and redis.call('GET', flight) == ARGV[13] then redis.call('DEL', flight) end
return {1, gone}
"""
)

MOVE = (
    _ALWAYS
    + """
-- ARGV: how many marks, the marks, entities
local marked = 1 + tonumber(ARGV[1])
local moved = marked == 1
for at = marked + 1, marked > 1 and #ARGV or 0 do
  local marks = prefix .. 'm:' .. ARGV[at]
  for mark = 2, marked do
    if redis.call('ZADD', marks, 'NX', now, ARGV[mark]) == 1 then moved = true end
  end
  redis.call('ZREMRANGEBYRANK', marks, 0, -257)
  redis.call('PEXPIRE', marks, 86400000)
end
if not moved then return 0 end
for at = marked + 1, #ARGV do redis.call('DEL', prefix .. 'v:' .. ARGV[at]) end
return 1
"""
)

CLEAR = (
    _ALWAYS
    + """
-- ARGV: entities; none: everything
local wanted, dropped = {}, 0
for _, entity in ipairs(ARGV) do wanted[entity] = true end
local held = redis.call('HGETALL', prefix .. 'over')
for at = 1, #held, 2 do
  local over = #ARGV == 0
  for _, entity in ipairs(entities(held[at + 1])) do over = over or wanted[entity] end
  if over then drop(held[at]) dropped = dropped + 1 end
end
return dropped
"""
)

_FLIGHT = (
    _ALWAYS
    + """
-- ARGV: key, vector, token, …
local flight = prefix .. 'f:' .. ARGV[1] .. ':' .. redis.sha1hex(ARGV[2])
local holder = redis.call('GET', flight)
"""
)

LEAD = (
    _FLIGHT
    + """
-- …, milliseconds, max age. Answers 1 and the entry, or whose it is to read: 2 the caller's, 3 another's, 0 everybody's
local entry = prefix .. 'e:' .. ARGV[1]
local stored = redis.call('HMGET', entry, 'v', 't')
local age = now - (tonumber(stored[2] or '') or 0)
if stored[1] == ARGV[2] and age >= 0 and (ARGV[5] == '-1' or age <= tonumber(ARGV[5])) then
  return {1, redis.call('HMGET', entry, 'i', 'v', 'b', 'c', 'l', 'k', 's')}
end
if holder == 'none' then return {0} end
if holder and holder ~= ARGV[3] then return {3} end
redis.call('SET', flight, ARGV[3], 'PX', ARGV[4])
return {2}
"""
)

RENEW = (
    _FLIGHT
    + """
-- …, milliseconds
if holder == ARGV[3] then redis.call('PEXPIRE', flight, ARGV[4]) end
return 1
"""
)

END = (
    _FLIGHT
    + """
-- …, milliseconds for which nobody is to wait for such a read (0: another may lead)
if holder ~= ARGV[3] then return 0 end
if ARGV[4] == '0' then redis.call('DEL', flight) else redis.call('SET', flight, 'none', 'PX', ARGV[4]) end
return 1
"""
)
