"""What the shared job store does within Redis, each in one script and so one atomic step: nothing comes between its parts.

Under a fixed prefix, because jobs outlive the server that keeps them; times are microseconds since 1970 by the server's clock:

    j:<id>       a hash: the job, and what only the scripts know: number, lasts, renewed, let_go
    of:<caller>  zset of the caller's jobs by number, the order of adding       count, live, running   hashes of numbers of jobs:
    p:<caller>   zset of those that can be claimed, by number                   by state; not ended, processing by caller
    ready        zset of callers with such jobs, the next to be served first: jobs in processing × 2^40 + number of its last turn
    delayed      zset of pending jobs by the moment from which they can be claimed
    leases       zset of jobs in processing by the end of the lease             ended   zset of ended jobs, by `kept`
    seq          the last number       seen   when anything was last changed    leaders   hash: until, seconds and owner by name
"""

from __future__ import annotations

_SHARED = """
local prefix, channel = KEYS[1], KEYS[2]
local TURN, AWAY = 1099511627776, 5000000
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local function text(number) return string.format('%.0f', number) end
local function set(id, ...) redis.call('HSET', prefix .. 'j:' .. id, ...) end
local function get(id, ...) return redis.call('HMGET', prefix .. 'j:' .. id, ...) end
local function whole(id) return redis.call('HGETALL', prefix .. 'j:' .. id) end
local function news(id)
  redis.call('HINCRBY', prefix .. 'j:' .. id, 'revision', 1)
  redis.call('PUBLISH', channel, id)
end
local function add(key, field, by)
  local sum = redis.call('HINCRBY', prefix .. key, field, by)
  if sum <= 0 then redis.call('HDEL', prefix .. key, field) end
end
local function run(caller, by)
  add('running', caller, by)
  if redis.call('ZSCORE', prefix .. 'ready', caller) then redis.call('ZINCRBY', prefix .. 'ready', text(by * TURN), caller) end
end
local function turn(caller)
  local running = tonumber(redis.call('HGET', prefix .. 'running', caller) or '0')
  redis.call('ZADD', prefix .. 'ready', text(running * TURN + redis.call('INCR', prefix .. 'seq')), caller)
end
local function wait(id, caller, not_before)
  if not_before > now then return redis.call('ZADD', prefix .. 'delayed', text(not_before), id) end
  redis.call('ZADD', prefix .. 'p:' .. caller, get(id, 'number')[1], id)
  if not redis.call('ZSCORE', prefix .. 'ready', caller) then turn(caller) end
end
local function unwait(id, caller)
  redis.call('ZREM', prefix .. 'delayed', id)
  redis.call('ZREM', prefix .. 'p:' .. caller, id)
  if redis.call('EXISTS', prefix .. 'p:' .. caller) == 0 then redis.call('ZREM', prefix .. 'ready', caller) end
end
local function lease(id, lasts)
  redis.call('ZADD', prefix .. 'leases', text(now + lasts), id)
  set(id, 'lasts', text(lasts), 'renewed', '')
end
local function enter(id, caller, state)
  add('count', state, 1)
  if state == 'pending' or state == 'processing' then add('live', caller, 1)
  else redis.call('ZADD', prefix .. 'ended', text(now), id) end
  if state == 'processing' then run(caller, 1) end
end
local function leave(id, caller, state)
  add('count', state, -1)
  if state == 'pending' or state == 'processing' then add('live', caller, -1)
  else redis.call('ZREM', prefix .. 'ended', id) end
  if state == 'processing' then
    run(caller, -1)
    redis.call('ZREM', prefix .. 'leases', id)
  end
end
local function become(id, state, ...)
  local was = get(id, 'caller', 'state')
  set(id, 'state', state, ...)
  leave(id, was[1], was[2])
  enter(id, was[1], state)
  news(id)
end
local function stop(id, state, code, message, report, chunks)
  become(id, state, 'owner', '', 'cancelling', '', 'finished', text(now), 'kept', text(now),
    'code', code, 'message', message, 'report', report, 'chunks', chunks)
end
local function back(id, delay)
  become(id, 'pending', 'owner', '', 'started', '', 'chunks', '0', 'report', '{}', 'not_before', text(now + delay))
  wait(id, get(id, 'caller')[1], now + delay)
end
local function mine(id, owner, attempts)
  local held = get(id, 'state', 'owner', 'attempts')
  return held[1] == 'processing' and held[2] == owner and held[3] == attempts
end
local function new(id, caller, request, answer, retries, state, ...)
  local number = redis.call('INCR', prefix .. 'seq')
  set(id, 'id', id, 'caller', caller, 'request', request, 'answer', answer, 'retries', retries, 'state', state,
    'report', '{}', 'number', text(number), ...)
  redis.call('ZADD', prefix .. 'of:' .. caller, text(number), id)
  enter(id, caller, state)
  news(id)
end

-- What precedes each change: what a silence or a clock that was set has done to leases and delays, and delays that are over.
local silence = now - tonumber(redis.call('GET', prefix .. 'seen') or now)
redis.call('SET', prefix .. 'seen', text(now))
if silence < 0 or silence > AWAY then
  local held = redis.call('ZRANGE', prefix .. 'leases', 0, -1, 'WITHSCORES')
  for at = 1, #held, 2 do
    local id, ends = held[at], tonumber(held[at + 1])
    local kept = get(id, 'lasts', 'renewed')
    local lasts = tonumber(kept[1])
    if silence < 0 then
      redis.call('ZADD', prefix .. 'leases', text(math.min(ends, now + lasts)), id)
    elseif silence > lasts / 2 and kept[2] == '' then
      lease(id, lasts)
      set(id, 'renewed', '1')
    end
  end
end
if silence < 0 then
  local late = redis.call('ZRANGE', prefix .. 'delayed', 0, -1, 'WITHSCORES')
  for at = 1, #late, 2 do
    local not_before = text(tonumber(late[at + 1]) + silence)
    redis.call('ZADD', prefix .. 'delayed', not_before, late[at])
    set(late[at], 'not_before', not_before)
    news(late[at])
  end
end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', prefix .. 'delayed', '-inf', text(now))) do
  redis.call('ZREM', prefix .. 'delayed', id)
  wait(id, get(id, 'caller')[1], 0)
end
"""

ADD = (
    _SHARED
    + """
-- ARGV: id, caller, request, answer, retries, not before, limit of the caller, limit of all. Gives '' or whose limit is reached.
local id, caller = ARGV[1], ARGV[2]
if redis.call('EXISTS', prefix .. 'j:' .. id) == 1 then return '' end
if tonumber(redis.call('HGET', prefix .. 'live', caller) or '0') >= tonumber(ARGV[7]) then return 'caller' end
local counted = redis.call('HMGET', prefix .. 'count', 'pending', 'processing')
if tonumber(counted[1] or '0') + tonumber(counted[2] or '0') >= tonumber(ARGV[8]) then return 'all' end
new(id, caller, ARGV[3], ARGV[4], ARGV[5], 'pending', 'created', text(now), 'not_before', ARGV[6])
wait(id, caller, tonumber(ARGV[6]))
return ''
"""
)

ADOPT = (
    _SHARED
    + """
-- ARGV: id, caller, request, answer, retries, owner, lease, for how long it has been running
local id = ARGV[1]
if redis.call('EXISTS', prefix .. 'j:' .. id) == 0 then
  local began = text(now - tonumber(ARGV[8]))
  new(id, ARGV[2], ARGV[3], ARGV[4], ARGV[5], 'processing', 'owner', ARGV[6], 'attempts', '1', 'created', began, 'started', began)
  lease(id, tonumber(ARGV[7]))
end
return whole(id)
"""
)

CLAIM = (
    _SHARED
    + """
-- ARGV: owner, lease
local caller = redis.call('ZRANGE', prefix .. 'ready', 0, 0)[1]
if not caller then return false end
local id = redis.call('ZRANGE', prefix .. 'p:' .. caller, 0, 0)[1]
unwait(id, caller)
if redis.call('ZSCORE', prefix .. 'ready', caller) then turn(caller) end
redis.call('HINCRBY', prefix .. 'j:' .. id, 'attempts', 1)
become(id, 'processing', 'owner', ARGV[1], 'started', text(now), 'chunks', '0', 'report', '{}')
lease(id, tonumber(ARGV[2]))
return whole(id)
"""
)

BEAT = (
    _SHARED
    + """
-- ARGV: id, owner, attempt, lease, report, chunks
local id = ARGV[1]
if not mine(id, ARGV[2], ARGV[3]) then return 'lost' end
lease(id, tonumber(ARGV[4]))
local known = get(id, 'report', 'chunks', 'cancelling')
if known[1] ~= ARGV[5] or (known[2] or '0') ~= ARGV[6] then
  set(id, 'report', ARGV[5], 'chunks', ARGV[6])
  news(id)
end
return known[3] == '1' and 'cancelling' or 'running'
"""
)

GIVE_BACK = (
    _SHARED
    + """
-- ARGV: id, owner, attempt, delay, 1 for an excuse
local id = ARGV[1]
local let_go = 'given back:' .. ARGV[3] .. ':' .. ARGV[2]
if not mine(id, ARGV[2], ARGV[3]) then return get(id, 'let_go')[1] == let_go and 1 or 0 end
set(id, 'let_go', let_go)
local known = get(id, 'cancelling', 'report')
if known[1] == '1' then
  stop(id, 'cancelled', '', '', known[2], '0')
else
  redis.call('HINCRBY', prefix .. 'j:' .. id, 'excused', ARGV[5])
  back(id, tonumber(ARGV[4]))
end
return 1
"""
)

FINISH = (
    _SHARED
    + """
-- ARGV: id, owner, attempt, state, code of the error or '', its message, report, chunks
local id = ARGV[1]
local let_go = ARGV[4] .. ':' .. ARGV[3] .. ':' .. ARGV[2]
if not mine(id, ARGV[2], ARGV[3]) then return get(id, 'let_go')[1] == let_go and 1 or 0 end
set(id, 'let_go', let_go)
stop(id, ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8])
return 1
"""
)

CANCEL = (
    _SHARED
    + """
-- ARGV: id
local id = ARGV[1]
local known = get(id, 'state', 'caller', 'cancelling', 'report')
if known[1] == 'pending' then
  unwait(id, known[2])
  stop(id, 'cancelled', '', '', known[4], '0')
elseif known[1] == 'processing' and known[3] ~= '1' then
  set(id, 'cancelling', '1')
  news(id)
end
return whole(id)
"""
)

RENEW = (
    _SHARED
    + """
-- ARGV: id
local id = ARGV[1]
if redis.call('ZSCORE', prefix .. 'ended', id) then
  redis.call('ZADD', prefix .. 'ended', text(now), id)
  set(id, 'kept', text(now))
  news(id)
end
return whole(id)
"""
)

SWEEP = (
    _SHARED
    + """
-- ARGV: attempts, time to live, back-off, most jobs of either kind, seconds of a tombstone, code and message of the two errors
local changed, most = {}, ARGV[4]
for _, id in ipairs(redis.call('ZRANGEBYSCORE', prefix .. 'leases', '-inf', text(now), 'LIMIT', 0, most)) do
  local known = get(id, 'retries', 'cancelling', 'attempts', 'excused', 'report')
  local counting = tonumber(known[3]) - tonumber(known[4] or '0')
  if known[1] ~= '1' then
    stop(id, 'failed', ARGV[8], ARGV[9], known[5], '0')
  elseif known[2] == '1' then
    stop(id, 'cancelled', '', '', known[5], '0')
  elseif counting < tonumber(ARGV[1]) then
    back(id, math.floor(tonumber(ARGV[3]) * 2 ^ (counting - 1)))
  else
    stop(id, 'failed', ARGV[6], ARGV[7], known[5], '0')
  end
  changed[#changed + 1] = whole(id)
end
local old = text(now - tonumber(ARGV[2]))
for _, id in ipairs(redis.call('ZRANGEBYSCORE', prefix .. 'ended', '-inf', old, 'LIMIT', 0, most)) do
  local known = get(id, 'caller', 'state', 'created', 'started', 'finished', 'kept', 'revision')
  leave(id, known[1], known[2])
  redis.call('ZREM', prefix .. 'of:' .. known[1], id)
  redis.call('DEL', prefix .. 'j:' .. id)
  set(id, 'id', id, 'caller', known[1], 'retries', '1', 'state', 'expired', 'created', known[3], 'started', known[4] or '',
    'finished', known[5], 'kept', known[6], 'revision', known[7])
  news(id)
  redis.call('EXPIRE', prefix .. 'j:' .. id, ARGV[5])
  changed[#changed + 1] = whole(id)
end
return changed
"""
)

LEAD = (
    _SHARED
    + """
-- ARGV: name, owner, how long
local ends, lasts, leader = string.match(redis.call('HGET', prefix .. 'leaders', ARGV[1]) or '', '^(%d+):(%d+):(.*)$')
-- A term that lasts longer than it was asked for is from before the clock went back.
if leader and leader ~= ARGV[2] and now < tonumber(ends) and tonumber(ends) <= now + tonumber(lasts) then return 0 end
redis.call('HSET', prefix .. 'leaders', ARGV[1], text(now + tonumber(ARGV[3])) .. ':' .. ARGV[3] .. ':' .. ARGV[2])
return 1
"""
)

OF = """
-- ARGV: caller, how many
local found = {}
for at, id in ipairs(redis.call('ZREVRANGE', KEYS[1] .. 'of:' .. ARGV[1], 0, tonumber(ARGV[2]) - 1)) do
  found[at] = redis.call('HGETALL', KEYS[1] .. 'j:' .. id)
end
return found
"""
