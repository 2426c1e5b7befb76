"""What the shared cache does within Redis, each in one script and so in one round trip: nothing comes between its steps.

Under a prefix that holds the server's run id, so that a server which was started again, from whatever dump, begins anew:

    v:<entity>   its version    e:<key>   a hash: v vector, b body, t stored at, c cost, l ttl, k kind, s size
    rank         zset of keys, the next to go first   t:<table>   the same for the entries over one table
    size, over   hashes: key -> bytes, key -> entities   bytes, table   bytes in all, hash: table -> bytes
    a:<key>      how often it was asked for lately       m:<entity>:<mark>   marks of changes that have been noted
    floor        the rank of the last that went for want of room
"""

from __future__ import annotations

_SHARED = """
local prefix = KEYS[1]
local function now() local t = redis.call('TIME'); return t[1] * 1000 + math.floor(t[2] / 1000) end
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
local function tables(text)
  local found = {}
  for _, entity in ipairs(entities(text)) do
    if string.find(entity, '.', 1, true) and string.sub(entity, -1) ~= '#' then found[#found + 1] = entity end
  end
  return found
end
local function drop(key)
  local size = tonumber(redis.call('HGET', prefix .. 'size', key) or '0')
  local over = redis.call('HGET', prefix .. 'over', key)
  if over then
    redis.call('DECRBY', prefix .. 'bytes', size)
    for _, name in ipairs(tables(over)) do
      redis.call('ZREM', prefix .. 't:' .. name, key)
      if redis.call('HINCRBY', prefix .. 'table', name, -size) <= 0 then redis.call('HDEL', prefix .. 'table', name) end
    end
    redis.call('HDEL', prefix .. 'size', key)
    redis.call('HDEL', prefix .. 'over', key)
    redis.call('ZREM', prefix .. 'rank', key)
  end
  redis.call('DEL', prefix .. 'e:' .. key)
end
local function ranked(key, over, lru, cost, size)
  local rank = now()
  if lru ~= '1' then
    local asked = tonumber(redis.call('GET', prefix .. 'a:' .. key) or '1')
    rank = tonumber(redis.call('GET', prefix .. 'floor') or '0') + asked * math.max(cost, 0.01) / math.max(size, 1)
  end
  redis.call('ZADD', prefix .. 'rank', rank, key)
  for _, name in ipairs(tables(over)) do redis.call('ZADD', prefix .. 't:' .. name, rank, key) end
  return rank
end
"""

LOOK = (
    _SHARED
    + """
-- ARGV: key, token for what has no version, max age, max staleness, lru, then of each entity its name and its proof or ''
local key, fresh, max_age, max_stale, lru = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
if redis.call('INCR', prefix .. 'a:' .. key) == 1 then redis.call('PEXPIRE', prefix .. 'a:' .. key, 600000) end
local versions, vector = {}, {}
for at = 6, #ARGV, 2 do
  local version = ARGV[at + 1]
  if version == '' then
    version = redis.call('GET', prefix .. 'v:' .. ARGV[at])
    if not version then
      version = fresh .. '.' .. at
      redis.call('SET', prefix .. 'v:' .. ARGV[at], version)
    end
  end
  versions[#versions + 1] = version
  vector[#vector + 1] = #ARGV[at] .. ':' .. ARGV[at] .. #version .. ':' .. version
end
local held = redis.call('HMGET', prefix .. 'e:' .. key, 'v', 't', 'l', 'c', 's')
if not held[1] then
  if redis.call('HEXISTS', prefix .. 'size', key) == 1 then drop(key) return {0, versions, 'expired'} end
  return {0, versions, ''}
end
local age = math.max(0, now() - tonumber(held[2]))
local stale = held[1] ~= table.concat(vector)
if stale and not (max_stale > 0 and age <= max_stale) then return {0, versions, ''} end
if not stale and max_age >= 0 and age > max_age then return {0, versions, ''} end
ranked(key, redis.call('HGET', prefix .. 'over', key) or '', lru, tonumber(held[4]), tonumber(held[5]))
local entry = redis.call('HMGET', prefix .. 'e:' .. key, 'v', 'b', 'c', 'l', 'k', 's')
return {stale and 2 or 1, versions, age, entry}
"""
)

PUT = (
    _SHARED
    + """
-- ARGV: key, vector, entities, body, cost, ttl, kind, size, max bytes, max bytes over a table, lru,
--       then of each entity of which the store keeps the version its name and that version
local key, over, cost, size, lru = ARGV[1], ARGV[3], tonumber(ARGV[5]), tonumber(ARGV[8]), ARGV[11]
for at = 12, #ARGV, 2 do
  if redis.call('GET', prefix .. 'v:' .. ARGV[at]) ~= ARGV[at + 1] then return {0} end
end
local gone = {}
if redis.call('HEXISTS', prefix .. 'over', key) == 1 then drop(key) gone[1] = 'replaced' end
local asked = tonumber(redis.call('GET', prefix .. 'a:' .. key) or '1')
local rank = now()
if lru ~= '1' then
  rank = tonumber(redis.call('GET', prefix .. 'floor') or '0') + asked * math.max(cost, 0.01) / math.max(size, 1)
end
local leaving, reasons, freed, floor = {}, {}, 0, 0
local function leave(names, missing, reason)
  local at = 1
  while missing > 0 and names[at] do
    local other, place = names[at], tonumber(names[at + 1])
    if not reasons[other] then
      if place > rank then return false end
      local bytes = tonumber(redis.call('HGET', prefix .. 'size', other) or '0')
      reasons[other] = reason
      leaving[#leaving + 1] = other
      freed = freed + bytes
      missing = missing - bytes
      floor = math.max(floor, place)
    elseif reason == 'quota' then
      missing = missing - tonumber(redis.call('HGET', prefix .. 'size', other) or '0')
    end
    at = at + 2
  end
  return missing <= 0
end
for _, name in ipairs(tables(over)) do
  local missing = tonumber(redis.call('HGET', prefix .. 'table', name) or '0') + size - tonumber(ARGV[10])
  if missing > 0 and not leave(redis.call('ZRANGE', prefix .. 't:' .. name, 0, -1, 'WITHSCORES'), missing, 'quota') then
    return {0, gone}
  end
end
local missing = tonumber(redis.call('GET', prefix .. 'bytes') or '0') - freed + size - tonumber(ARGV[9])
if missing > 0 and not leave(redis.call('ZRANGE', prefix .. 'rank', 0, 999, 'WITHSCORES'), missing, 'room') then
  return {0, gone}
end
for _, other in ipairs(leaving) do drop(other) gone[#gone + 1] = reasons[other] end
if lru ~= '1' and floor > tonumber(redis.call('GET', prefix .. 'floor') or '0') then
  redis.call('SET', prefix .. 'floor', floor)
end
local entry = prefix .. 'e:' .. key
redis.call('HSET', entry, 'v', ARGV[2], 'b', ARGV[4], 't', now(), 'c', cost, 'l', ARGV[6], 'k', ARGV[7], 's', size)
redis.call('PEXPIRE', entry, ARGV[6])
redis.call('HSET', prefix .. 'size', key, size)
redis.call('HSET', prefix .. 'over', key, over)
redis.call('INCRBY', prefix .. 'bytes', size)
for _, name in ipairs(tables(over)) do redis.call('HINCRBY', prefix .. 'table', name, size) end
ranked(key, over, lru, cost, size)
return {1, gone}
"""
)

MOVE = (
    _SHARED
    + """
-- ARGV: token, mark or '', entities
local mark, moved = ARGV[2], false
for at = 3, #ARGV do
  if mark == '' or redis.call('SET', prefix .. 'm:' .. ARGV[at] .. ':' .. mark, '', 'NX', 'PX', 86400000) then moved = true end
end
if not moved then return 0 end
for at = 3, #ARGV do redis.call('SET', prefix .. 'v:' .. ARGV[at], ARGV[1] .. '.' .. at) end
return 1
"""
)

CLEAR = (
    _SHARED
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
