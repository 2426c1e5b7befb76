"""What the shared job store does within Redis, each in one script and so one atomic step: nothing comes between its parts.

Under a fixed prefix, because jobs outlive the server that keeps them; times are microseconds since 1970 by the server's clock:

    j:<id>       a hash: the job, and what only the scripts know: number, lasts, renewed, let_go, follows, heir
    of:<caller>  zset of the caller's jobs by number, the order of adding       count, live, running   hashes of numbers of jobs:
    p:<caller>   zset of those that can be claimed, by number                   by state; not ended, processing by caller
    ready        zset of callers with such jobs, the next to be served first: jobs in processing × 2^40 + number of its last turn
    delayed      zset of pending jobs by the moment from which they can be claimed
    leases       zset of jobs in processing by the end of the lease             ended   zset of ended jobs, by `kept`
    alike        hash: which job leads those that are alike        follow:<id>   zset of those that follow a job, by number
    shared:<id>  set of the jobs that have their rows under an id, where these are several, or another than the id
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
local function followers(id) return redis.call('ZRANGE', prefix .. 'follow:' .. id, 0, -1) end
local function folder(id)
  local rows = get(id, 'rows')[1]
  return rows and rows ~= '' and rows or id
end
local function unshare(id) redis.call('SREM', prefix .. 'shared:' .. folder(id), id) end
local function turn_to(id, state, ...)
  local was = get(id, 'caller', 'state')
  set(id, 'state', state, ...)
  leave(id, was[1], was[2])
  enter(id, was[1], state)
  news(id)
end
local function become(id, state, ...)
  turn_to(id, state, ...)
  for _, other in ipairs(followers(id)) do turn_to(other, state, ...) end
end
local function part(id, state)
  local alike, others = get(id, 'alike')[1], followers(id)
  if alike and redis.call('HGET', prefix .. 'alike', alike) == id then redis.call('HDEL', prefix .. 'alike', alike) end
  redis.call('DEL', prefix .. 'follow:' .. id)
  for _, other in ipairs(others) do set(other, 'follows', '') end
  others[#others + 1] = id
  for _, each in ipairs(others) do
    if state ~= 'completed' then unshare(each)
    elseif #others > 1 or folder(each) ~= each then redis.call('SADD', prefix .. 'shared:' .. folder(each), each) end
  end
end
local function stop(id, state, code, message, report, chunks)
  become(id, state, 'owner', '', 'cancelling', '', 'finished', text(now), 'kept', text(now),
    'code', code, 'message', message, 'report', report, 'chunks', chunks)
  part(id, state)
end
local function back(id, delay)
  become(id, 'pending', 'owner', '', 'started', '', 'chunks', '0', 'report', '{}', 'not_before', text(now + delay))
  wait(id, get(id, 'caller')[1], now + delay)
end
local function inherit(id, heir)
  local known = get(id, 'state', 'caller', 'alike', 'excused', 'not_before', 'lasts', 'renewed')
  redis.call('ZREM', prefix .. 'follow:' .. id, heir)
  set(heir, 'follows', '', 'excused', known[4] or '0', 'not_before', known[5] or '0')
  redis.call('HSET', prefix .. 'alike', known[3], heir)
  for _, other in ipairs(followers(id)) do set(other, 'follows', heir) end
  local follow = prefix .. 'follow:'
  if redis.call('EXISTS', follow .. id) == 1 then redis.call('RENAME', follow .. id, follow .. heir) end
  if known[1] == 'pending' then
    unwait(id, known[2])
    wait(heir, get(heir, 'caller')[1], tonumber(known[5] or '0'))
  else
    redis.call('ZADD', prefix .. 'leases', redis.call('ZSCORE', prefix .. 'leases', id), heir)
    set(heir, 'lasts', known[6], 'renewed', known[7])
    set(id, 'heir', heir)
    redis.call('SADD', prefix .. 'shared:' .. folder(heir), heir, unpack(followers(heir)))
  end
end
local function successor(id)
  local heir = get(id, 'heir')[1]
  while heir and heir ~= '' do
    id = heir
    heir = get(id, 'heir')[1]
  end
  return id
end
local function mine(id, owner, attempts)
  local known = get(id, 'state', 'owner', 'attempts')
  return known[1] == 'processing' and known[2] == owner and known[3] == attempts
end
local function new(id, caller, request, answer, retries, alike, state, ...)
  local number = redis.call('INCR', prefix .. 'seq')
  set(id, 'id', id, 'caller', caller, 'request', request, 'answer', answer, 'retries', retries, 'alike', alike, 'state', state,
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
-- ARGV: id, caller, request, answer, retries, alike, not before, limit of the caller, limit of all, how old one may be that is
-- followed, or -1. Gives '' or whose limit is reached.
local id, caller, alike = ARGV[1], ARGV[2], ARGV[6]
if redis.call('EXISTS', prefix .. 'j:' .. id) == 1 then return '' end
if tonumber(redis.call('HGET', prefix .. 'live', caller) or '0') >= tonumber(ARGV[8]) then return 'caller' end
local counted = redis.call('HMGET', prefix .. 'count', 'pending', 'processing')
if tonumber(counted[1] or '0') + tonumber(counted[2] or '0') >= tonumber(ARGV[9]) then return 'all' end
local leader = alike ~= '' and redis.call('HGET', prefix .. 'alike', alike)
local led = leader and get(leader, 'state', 'cancelling', 'created', 'started', 'owner', 'attempts', 'chunks', 'report')
if leader and led[2] ~= '1' and (ARGV[10] == '-1' or tonumber(led[3]) >= now - tonumber(ARGV[10])) then
  local rows = folder(leader)
  new(id, caller, ARGV[3], ARGV[4], ARGV[5], alike, led[1], 'created', text(now), 'started', led[4] or '', 'owner', led[5] or '',
    'attempts', led[6] or '0', 'chunks', led[7] or '0', 'report', led[8], 'rows', rows, 'follows', leader)
  redis.call('ZADD', prefix .. 'follow:' .. leader, get(id, 'number')[1], id)
  if redis.call('EXISTS', prefix .. 'shared:' .. rows) == 1 then redis.call('SADD', prefix .. 'shared:' .. rows, id) end
  return ''
end
if alike ~= '' then redis.call('HSET', prefix .. 'alike', alike, id) end
new(id, caller, ARGV[3], ARGV[4], ARGV[5], alike, 'pending', 'created', text(now), 'not_before', ARGV[7])
wait(id, caller, tonumber(ARGV[7]))
return ''
"""
)

ADOPT = (
    _SHARED
    + """
-- ARGV: id, caller, request, answer, retries, alike, owner, lease, for how long it has been running
local id, alike = ARGV[1], ARGV[6]
if redis.call('EXISTS', prefix .. 'j:' .. id) == 0 then
  local began = text(now - tonumber(ARGV[9]))
  new(id, ARGV[2], ARGV[3], ARGV[4], ARGV[5], alike, 'processing', 'owner', ARGV[7], 'attempts', '1', 'created', began,
    'started', began)
  lease(id, tonumber(ARGV[8]))
  if alike ~= '' then redis.call('HSETNX', prefix .. 'alike', alike, id) end
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
local attempts = text(tonumber(get(id, 'attempts')[1] or '0') + 1)
unshare(id)
set(id, 'rows', '')
for _, other in ipairs(followers(id)) do
  unshare(other)
  set(other, 'rows', id)
end
become(id, 'processing', 'owner', ARGV[1], 'started', text(now), 'attempts', attempts, 'chunks', '0', 'report', '{}')
lease(id, tonumber(ARGV[2]))
return whole(id)
"""
)

BEAT = (
    _SHARED
    + """
-- ARGV: id, owner, attempt, lease, report, chunks
local id = successor(ARGV[1])
if not mine(id, ARGV[2], ARGV[3]) then return 'lost' end
lease(id, tonumber(ARGV[4]))
local known = get(id, 'report', 'chunks', 'cancelling')
if known[1] ~= ARGV[5] or (known[2] or '0') ~= ARGV[6] then
  local all = followers(id)
  all[#all + 1] = id
  for _, each in ipairs(all) do
    set(each, 'report', ARGV[5], 'chunks', ARGV[6])
    news(each)
  end
end
return known[3] == '1' and 'cancelling' or 'running'
"""
)

GIVE_BACK = (
    _SHARED
    + """
-- ARGV: id, owner, attempt, delay, 1 for an excuse
local id = successor(ARGV[1])
local let_go = 'given back:' .. ARGV[3] .. ':' .. ARGV[2]
if not mine(id, ARGV[2], ARGV[3]) then return get(id, 'let_go')[1] == let_go and 1 or 0 end
set(id, 'let_go', let_go)
local known = get(id, 'cancelling', 'report')
if known[1] == '1' then
  stop(id, 'cancelled', '', '', known[2], '0')
else
  local excused = text(tonumber(get(id, 'excused')[1] or '0') + tonumber(ARGV[5]))
  set(id, 'excused', excused)
  for _, other in ipairs(followers(id)) do set(other, 'excused', excused) end
  back(id, tonumber(ARGV[4]))
end
return 1
"""
)

FINISH = (
    _SHARED
    + """
-- ARGV: id, owner, attempt, state, code of the error or '', its message, report, chunks
local id = successor(ARGV[1])
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
local known = get(id, 'state', 'caller', 'cancelling', 'report', 'follows')
local live, heir = known[1] == 'pending' or known[1] == 'processing', followers(id)[1]
if live and known[5] and known[5] ~= '' then
  redis.call('ZREM', prefix .. 'follow:' .. known[5], id)
  set(id, 'follows', '')
  stop(id, 'cancelled', '', '', known[4], '0')
elseif live and heir then
  inherit(id, heir)
  stop(id, 'cancelled', '', '', known[4], '0')
elseif known[1] == 'pending' then
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
  local known = get(id, 'caller', 'state', 'created', 'started', 'finished', 'kept', 'revision', 'rows', 'heir')
  unshare(id)
  leave(id, known[1], known[2])
  redis.call('ZREM', prefix .. 'of:' .. known[1], id)
  redis.call('DEL', prefix .. 'j:' .. id)
  set(id, 'id', id, 'caller', known[1], 'retries', '1', 'state', 'expired', 'created', known[3], 'started', known[4] or '',
    'finished', known[5], 'kept', known[6], 'revision', known[7], 'rows', known[8] or '', 'heir', known[9] or '')
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

LEADS = """
-- ARGV: alike
local leader = redis.call('HGET', KEYS[1] .. 'alike', ARGV[1])
return leader and redis.call('HGET', KEYS[1] .. 'j:' .. leader, 'cancelling') ~= '1' and 1 or 0
"""

OF = """
-- ARGV: caller, how many
local found = {}
for at, id in ipairs(redis.call('ZREVRANGE', KEYS[1] .. 'of:' .. ARGV[1], 0, tonumber(ARGV[2]) - 1)) do
  found[at] = redis.call('HGETALL', KEYS[1] .. 'j:' .. id)
end
return found
"""
