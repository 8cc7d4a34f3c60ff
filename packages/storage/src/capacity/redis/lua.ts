/**
 * What runs in Redis. Each script is given all of a workspace's keys that it touches, which lie in one slot by their hash
 * tag, and one argument, JSON. All sets the expiry of what it writes. Numbers stay below 2^53.
 *
 * Keys of a workspace: its book (`id`: since when its counters are whole; `at`: when that began; `n`: how often something
 * was counted, which only grows; by limit, `b…`: since when it is counted, `c…`: that what came before has been added), one
 * key for each counter, one for the values of each dimension (by when they were last used), and one for each replica's last
 * settlement.
 *
 * A counter of the minute is a hash: `h` the current sub-window, which never goes back; `o` the oldest that may hold
 * something; `n` the newest that does; `r` and `t`, requests and tokens of all of them; and of each sub-window N, `N` its
 * requests and `-N` its tokens. `v` grows when one that is not the current one is corrected; `p` is which replicas were
 * told of all of them; `x` says nothing, see below. One of the calendar or of a lifetime has `s` and `e`, start and end.
 * Both have `g`, the `at` of the book that they were last counted in, and `br` and `bt`: what they held of the time before
 * that, or were charged for it. Places are a sorted set of leases by when they end.
 *
 * Counters are lost where there is no book, another one than a replica knows, or an old one that came back, with counters as
 * old: its `n` is lower than a replica has seen, or it does not know that replica's last settlement, however much others have
 * counted in it since.
 */

/** Redis's clock, in milliseconds. */
export const REDIS_CLOCK = `
local function now_ms()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end
`

export const CAPACITY_COUNTERS = `
local SUB_WINDOW_MS, SUB_WINDOWS = 500, 121
local MINUTE_TTL_MS = 61000
local SLACK_MS = 60000
-- A field longer than 64 bytes makes Redis find fields by their hash, which pays where there are many; see
-- hash-max-listpack-value.
local FEW, MANY = 8, string.rep('x', 65)
local LIFETIME_TTL_MS = 400 * 24 * 3600000
local SETTLED_TTL_MS = 24 * 3600000
local MOST_VALUES = 100000
local NEWLY_LOST_MS = 30000
local MOST_TOLD = 4

-- When the book began in which counters are counted.
local book_at

-- The answer to whoever knows other counters than these, or has seen more of them than there is.
local function lost(id, n, now)
  local v = redis.call('HMGET', KEYS[1], 'id', 'n', 'at')
  book_at = v[3]
  if v[1] ~= id or tonumber(v[2] or 0) < n then return { 'begin', v[1] or '', now } end
end

-- All that a counter of another book holds is of the time before this one.
local function in_book(c, g)
  if g ~= book_at then c.base = { c.r, c.t } end
  return c
end

local function save_base(c)
  if not c.base then return end
  if c.fresh then redis.call('HSET', c.key, 'g', book_at)
  else redis.call('HSET', c.key, 'g', book_at, 'br', c.base[1], 'bt', c.base[2]) end
  c.base = nil
end

local function open_minute(key, now)
  local k = math.floor(now / SUB_WINDOW_MS)
  local v = redis.call('HMGET', key, 'h', 'o', 'r', 't', 'v', k, -k, 'g')
  local head = tonumber(v[1])
  if not head then
    return in_book({ key = key, head = k, oldest = k, r = 0, t = 0, v = 0, kr = 0, kt = 0, fresh = true })
  end
  local c = { key = key, head = head, oldest = tonumber(v[2]), r = tonumber(v[3]), t = tonumber(v[4]),
    v = tonumber(v[5]), kr = tonumber(v[6] or 0), kt = tonumber(v[7] or 0) }
  if k < head then
    local current = redis.call('HMGET', key, head, -head)
    c.kr, c.kt = tonumber(current[1] or 0), tonumber(current[2] or 0)
  elseif k > head then
    local last = k - SUB_WINDOWS
    if head <= last then
      redis.call('DEL', key)
      return in_book({ key = key, head = k, oldest = k, r = 0, t = 0, v = 0, kr = 0, kt = 0, fresh = true })
    end
    if c.oldest <= last then
      local left = {}
      for n = c.oldest, last do
        left[#left + 1] = n
        left[#left + 1] = -n
      end
      local gone = redis.call('HMGET', key, unpack(left))
      for i = 1, #left, 2 do
        c.r = c.r - tonumber(gone[i] or 0)
        c.t = c.t - tonumber(gone[i + 1] or 0)
      end
      redis.call('HDEL', key, unpack(left))
      c.oldest = last + 1
    end
    c.head = k
    redis.call('HSET', key, 'h', k, 'o', c.oldest, 'r', c.r, 't', c.t)
    if k - c.oldest > FEW then redis.call('HSET', key, 'x', MANY) end
    redis.call('PEXPIRE', key, MINUTE_TTL_MS)
  end
  return in_book(c, v[8])
end

local function save_minute(c)
  local newest = (c.fresh or c.kr ~= 0 or c.kt ~= 0) and 'n' or 'h'
  redis.call('HSET', c.key, newest, c.head, 'h', c.head, 'o', c.oldest, 'r', c.r, 't', c.t, 'v', c.v,
    c.head, c.kr, -c.head, c.kt)
  save_base(c)
  if c.fresh then redis.call('PEXPIRE', c.key, MINUTE_TTL_MS) end
end

-- What was reserved in a counter that was lost or forgotten can't be taken from what is counted now: none goes below 0.
local function added(requests, tokens, more_requests, more_tokens)
  return math.max(more_requests, -requests), math.max(more_tokens, -tokens)
end

local function add_to_minute(c, requests, tokens)
  requests, tokens = added(c.kr, c.kt, requests, tokens)
  c.r, c.t = c.r + requests, c.t + tokens
  c.kr, c.kt = c.kr + requests, c.kt + tokens
end

-- A lifetime is a window without an end, e = -1. One that has begun by the caller's clock alone begins now, and the one
-- that is counted goes on until it ends.
local function open_window(key, now, s, e, next_e)
  if e >= 0 and now >= e then s, e = e, next_e
  elseif e >= 0 and now < s then s, e = now, s end
  local v = redis.call('HMGET', key, 's', 'e', 'r', 't', 'g')
  local start, stop = tonumber(v[1]), tonumber(v[2])
  if start and (start >= s or now < stop) then
    return in_book({ key = key, s = start, e = stop, r = tonumber(v[3]), t = tonumber(v[4]) }, v[5])
  end
  if start then redis.call('DEL', key) end
  return in_book({ key = key, s = s, e = e, r = 0, t = 0, fresh = true })
end

local function save_window(c, now)
  redis.call('HSET', c.key, 's', c.s, 'e', c.e, 'r', c.r, 't', c.t)
  save_base(c)
  if c.e < 0 then redis.call('PEXPIRE', c.key, LIFETIME_TTL_MS)
  elseif c.fresh then redis.call('PEXPIRE', c.key, math.max(1, c.e - now) + SLACK_MS) end
end

-- Keeps which values of a dimension are in use; past the bound the one that was not used for longest is forgotten.
local function note_value(family, key, now, kind, e)
  redis.call('ZADD', family, now, key)
  if redis.call('ZCARD', family) > MOST_VALUES then
    redis.call('DEL', redis.call('ZPOPMIN', family)[1])
  end
  local ttl = kind == 'm' and MINUTE_TTL_MS or not e and SLACK_MS or e < 0 and LIFETIME_TTL_MS or math.max(1, e - now) + SLACK_MS
  redis.call('PEXPIRE', family, ttl)
end

-- Raises what a counter holds of the time before this book to what is known of that.
local function charge_base(key, now, kind, s, e, next_e, r, t)
  local c = kind == 'm' and open_minute(key, now) or open_window(key, now, s, e, next_e)
  local v = c.base or redis.call('HMGET', key, 'br', 'bt')
  local br, bt = tonumber(v[1] or 0), tonumber(v[2] or 0)
  local dr, dt = math.max(0, r - br), math.max(0, t - bt)
  if dr == 0 and dt == 0 then return end
  if kind == 'm' then
    add_to_minute(c, dr, dt)
    save_minute(c)
  else
    c.r, c.t = c.r + dr, c.t + dt
    save_window(c, now)
  end
  redis.call('HSET', key, 'br', br + dr, 'bt', bt + dt)
end
`

/**
 * One decision: `[id, n, lease, lease_ms, [[kind, part, most requests, most tokens, tokens, stamp or start, end, next end,
 * index of the values' key], …], until]`. Answers `{'begin', id, now}` where the caller does not know the workspace's
 * counters as they are, and `{'late', now}` where it has given up waiting; else `{1, now, n, requests, tokens, mark, …}`
 * with what is used of each item afterwards and where it was taken; or `{0, now, n, part, {item, requests, tokens, …}, …}`
 * with the full items of the first part that has one.
 */
export const RESERVE = `
-- Of each replica, how often it was told the profile in this half second, and of which state last: refusals that are
-- asked for together, or while more and more is corrected, must not each read all of it.
local function is_to_tell(c, replica)
  if c.fresh then return false end
  local head = c.head .. ';'
  local told = redis.call('HGET', c.key, 'p')
  if not told or told:sub(1, #head) ~= head then told = head end
  local name, times = replica .. '=', 0
  local at = told:find(name, 1, true)
  if at then
    local all, count, v = told:match('^((%d+),(%d+);)', at + #name)
    times = tonumber(count)
    if tonumber(v) == c.v or times == MOST_TOLD then return false end
    told = told:sub(1, at - 1) .. told:sub(at + #name + #all)
  end
  redis.call('HSET', c.key, 'p', told .. name .. (times + 1) .. ',' .. c.v .. ';')
  return true
end

local function profile_of(c)
  local profile, names = {}, {}
  for n = c.oldest, c.head - 1 do
    names[#names + 1] = n
    names[#names + 1] = -n
  end
  local used = #names > 0 and redis.call('HMGET', c.key, unpack(names)) or {}
  for j = 1, #names, 2 do
    local r, t = tonumber(used[j] or 0), tonumber(used[j + 1] or 0)
    if r ~= 0 or t ~= 0 then
      profile[#profile + 1] = names[j]
      profile[#profile + 1] = r
      profile[#profile + 1] = t
    end
  end
  return profile
end

local a = cjson.decode(ARGV[1])
local now = now_ms()
local begin = lost(a[1], a[2], now)
if begin then return begin end
if a[6] > 0 and now > a[6] then return { 'late', now } end
-- Before all else, so that a server whose memory is full refuses before anything is done.
local seq = redis.call('HINCRBY', KEYS[1], 'n', 1)
local lease, lease_ms = a[3], a[4]
local items = a[5]
local counters = {}
local full_part
local full = {}
for i = 1, #items do
  local item = items[i]
  local kind, key, c = item[1], KEYS[i + 1], nil
  if kind == 'm' then c = open_minute(key, now)
  elseif kind == 'p' then
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
    c = { key = key, r = redis.call('ZCARD', key), t = 0 }
  else c = open_window(key, now, item[6], item[7], item[8]) end
  counters[i] = c
  if (item[3] >= 0 and c.r + 1 > item[3]) or (item[4] >= 0 and c.t + item[5] > item[4]) then
    full_part = full_part or item[2]
    if item[2] == full_part then full[#full + 1] = i end
  end
end
if full_part then
  local answer = { 0, now, seq, full_part }
  for _, i in ipairs(full) do
    local item, c = items[i], counters[i]
    if item[1] == 'm' then
      local stamp = c.head .. ':' .. c.v
      local tell = stamp ~= item[6] and is_to_tell(c, lease:match('^[^.]*'))
      local profile = tell and profile_of(c) or nil
      answer[#answer + 1] = { i - 1, c.r, c.t, c.head, stamp, profile }
    else
      answer[#answer + 1] = { i - 1, c.r, c.t, c.e or 0 }
    end
  end
  return answer
end
local answer = { 1, now, seq }
for i = 1, #items do
  local item, c = items[i], counters[i]
  local kind, mark = item[1], 0
  if kind == 'p' then
    redis.call('ZADD', c.key, now + lease_ms, lease)
    redis.call('PEXPIRE', c.key, lease_ms + SLACK_MS)
    c.r = c.r + 1
  elseif kind == 'm' then
    add_to_minute(c, 1, item[5])
    save_minute(c)
    mark = c.head
  else
    c.r, c.t = c.r + 1, c.t + item[5]
    save_window(c, now)
    mark = c.s
  end
  if item[9] > 0 then note_value(KEYS[item[9]], c.key, now, kind, c.e) end
  answer[#answer + 1] = c.r
  answer[#answer + 1] = c.t
  answer[#answer + 1] = mark
end
return answer
`

/**
 * Corrections of what was reserved, added up: `[id, n, last seq, seq, lease_ms, [[kind, start, end, next end, index of the values' key,
 * …], …]]`. Of the minute and of windows follow `mark, requests, tokens up, tokens down, taken` for each mark, `taken` being 1
 * for what nobody reserved before; of places, leases that ended and leases that go on. One that was done already is not done
 * again. Answers `{'done', n, age of the book}`, or `{'begin', id, now}`, with a 1 where the last one is not known.
 */
export const SETTLE = `
local a = cjson.decode(ARGV[1])
local now = now_ms()
local begin = lost(a[1], a[2], now)
if begin then return begin end
local settled = tonumber(redis.call('GET', KEYS[2]) or -1)
if settled < a[3] then return { 'begin', a[1], now, 1 } end
local seq, lease_ms = a[4], a[5]
local age = now - tonumber(book_at)
if seq <= settled then
  return { 'done', tonumber(redis.call('HGET', KEYS[1], 'n')), age }
end
redis.call('SET', KEYS[2], seq, 'PX', SETTLED_TTL_MS)
redis.call('PEXPIRE', KEYS[1], LIFETIME_TTL_MS)
local n = redis.call('HINCRBY', KEYS[1], 'n', 1)

local function settle_minute(key, marks)
  local c = open_minute(key, now)
  local touched = false
  for i = 6, #marks, 5 do
    local mark, requests, up, down, taken = marks[i], marks[i + 1], marks[i + 2], marks[i + 3], marks[i + 4]
    if mark >= c.head then add_to_minute(c, requests, up + down)
    elseif mark > c.head - SUB_WINDOWS then
      local v = redis.call('HMGET', key, mark, -mark)
      local r, t = tonumber(v[1] or 0), tonumber(v[2] or 0)
      local more_r, more_t = added(r, t, requests, up + down)
      redis.call('HSET', key, mark, r + more_r, -mark, t + more_t)
      c.r, c.t, c.v = c.r + more_r, c.t + more_t, c.v + 1
      if mark < c.oldest then c.oldest = mark end
      touched = true
    elseif taken == 0 then add_to_minute(c, 0, up) end
  end
  if touched or not c.fresh or c.r ~= 0 or c.t ~= 0 then
    save_minute(c)
    return true
  end
end

local function settle_window(key, marks)
  local c = open_window(key, now, marks[2], marks[3], marks[4])
  for i = 6, #marks, 5 do
    local mark, requests, up, down, taken = marks[i], marks[i + 1], marks[i + 2], marks[i + 3], marks[i + 4]
    if mark < c.s then requests, down = 0, 0 end
    if mark >= c.s or taken == 0 then
      requests, up = added(c.r, c.t, requests, up + down)
      c.r, c.t = c.r + requests, c.t + up
    end
  end
  if not c.fresh or c.r ~= 0 or c.t ~= 0 then
    save_window(c, now)
    return true, c.e
  end
end

for i, entry in ipairs(a[6]) do
  local kind, key, counted, e = entry[1], KEYS[i + 2], false, nil
  if kind == 'm' then counted = settle_minute(key, entry)
  elseif kind == 'p' then
    for _, lease in ipairs(entry[7]) do redis.call('ZADD', key, now + lease_ms, lease) end
    counted = #entry[7] > 0
    if counted then redis.call('PEXPIRE', key, lease_ms + SLACK_MS) end
    for _, lease in ipairs(entry[6]) do redis.call('ZREM', key, lease) end
  else counted, e = settle_window(key, entry) end
  if counted and entry[5] > 0 then note_value(KEYS[entry[5]], key, now, kind, e) end
end
return { 'done', n, age }
`

/**
 * Makes the workspace's book where it was lost, raises its counters to what this replica last saw of the lost ones, and takes
 * its leases again: `[id, lease_ms, [[kind, start, end, next end, requests, tokens or leases, index of the values' key], …],
 * lost id, lost n, 1 if it is an old one]`. Counters that were not lost lately are left alone, and windows that have ended. Answers
 * `{id, n, age of the book, 1 if counters were raised}`.
 */
export const RESTORE = `
local a = cjson.decode(ARGV[1])
local now = now_ms()
local v = redis.call('HMGET', KEYS[1], 'id', 'n', 'at')
local id, n, at = v[1], tonumber(v[2] or 0), tonumber(v[3])
if not id or (id == a[4] and (n < a[5] or a[6] == 1)) then
  id, at = a[1], math.max(now, (at or 0) + 1)
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'id', id, 'at', at)
  redis.call('PEXPIRE', KEYS[1], LIFETIME_TTL_MS)
end
n = math.max(n, a[5])
redis.call('HSET', KEYS[1], 'n', n)
book_at = redis.call('HGET', KEYS[1], 'at')
local raises = now - at < NEWLY_LOST_MS
for i, entry in ipairs(a[3]) do
  local kind, key, e = entry[1], KEYS[i + 1], entry[3]
  if kind == 'p' then
    for _, lease in ipairs(entry[5]) do redis.call('ZADD', key, now + a[2], lease) end
    redis.call('PEXPIRE', key, a[2] + SLACK_MS)
    e = nil
  elseif raises and (kind == 'm' or e < 0 or now < e) then
    charge_base(key, now, kind, entry[2], e, entry[4], entry[5], entry[6])
  end
  if entry[7] > 0 and (kind == 'p' or raises) then note_value(KEYS[entry[7]], key, now, kind, e) end
end
return { id, n, now - at, raises and 1 or 0 }
`

/** What is used of counters, `[[kind, start, end, next end], …]`, and how many values of `[[kind, start], …]` are in use. */
export const PEEK = `
local a = cjson.decode(ARGV[1])
local now = now_ms()
local answer = { now }
for i, item in ipairs(a[1]) do
  local kind, key = item[1], KEYS[i + 1]
  local r, t, mark = 0, 0, 0
  if kind == 'm' then
    local c = open_minute(key, now)
    r, t = c.r, c.t
    if not c.fresh then mark = tonumber(redis.call('HGET', key, 'n')) end
  elseif kind == 'p' then
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
    r = redis.call('ZCARD', key)
  else
    local c = open_window(key, now, item[2], item[3], item[4])
    r, t, mark = c.r, c.t, c.e
  end
  answer[#answer + 1] = r
  answer[#answer + 1] = t
  answer[#answer + 1] = mark
end
for i, family in ipairs(a[2]) do
  local since = family[2]
  if family[1] == 'm' then since = (math.floor(now / SUB_WINDOW_MS) - SUB_WINDOWS + 1) * SUB_WINDOW_MS end
  answer[#answer + 1] = redis.call('ZCOUNT', KEYS[1 + #a[1] + i], since, '+inf')
end
return answer
`

/**
 * Since when limits are counted; from now on where they were not: `[id, n, [[limit, index of a lifetime's key or 0], …]]` →
 * `{'done', n, since, complete, …}`. The key of a lifetime is its counter's and after it its values': both end when nobody
 * has used them for long, and then it begins anew.
 */
export const BEGIN = `
local a = cjson.decode(ARGV[1])
local now = now_ms()
local begin = lost(a[1], a[2], now)
if begin then return begin end
redis.call('PEXPIRE', KEYS[1], LIFETIME_TTL_MS)
local answer = { 'done', redis.call('HINCRBY', KEYS[1], 'n', 1) }
for _, begun in ipairs(a[3]) do
  local limit, life = begun[1], begun[2]
  if life > 0 and redis.call('EXISTS', KEYS[life], KEYS[life + 1]) == 0 then
    redis.call('HDEL', KEYS[1], 'b' .. limit, 'c' .. limit)
  end
  redis.call('HSETNX', KEYS[1], 'b' .. limit, now)
  answer[#answer + 1] = tonumber(redis.call('HGET', KEYS[1], 'b' .. limit))
  answer[#answer + 1] = redis.call('HEXISTS', KEYS[1], 'c' .. limit)
end
return answer
`

/**
 * `[limit, since, last, [[kind, start, end, next end, requests, tokens, index of the values' key], …]]`; see {@link BEGIN}.
 * Windows that have ended meanwhile are left out: it was not used in the next ones.
 */
export const CHARGE = `
local a = cjson.decode(ARGV[1])
local limit, since = a[1], a[2]
if tonumber(redis.call('HGET', KEYS[1], 'b' .. limit) or -1) ~= since then return 'ignored' end
if redis.call('HEXISTS', KEYS[1], 'c' .. limit) == 1 then return 'ignored' end
local now = now_ms()
book_at = redis.call('HGET', KEYS[1], 'at')
redis.call('HINCRBY', KEYS[1], 'n', 1)
for i, entry in ipairs(a[4]) do
  local kind, key, e = entry[1], KEYS[i + 1], entry[3]
  if kind == 'm' or e < 0 or now < e then
    charge_base(key, now, kind, entry[2], e, entry[4], entry[5], entry[6])
    if entry[7] > 0 then note_value(KEYS[entry[7]], key, now, kind, e) end
  end
end
if a[3] == 1 then redis.call('HSET', KEYS[1], 'c' .. limit, since) end
return 'done'
`

/** Of a replica, that it is there: `[id, 1]`, or that it leaves: `[id, 0]`. Answers how many are. */
export const ATTEND = `
local a = cjson.decode(ARGV[1])
local now = now_ms()
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - 10000)
if a[2] == 1 then redis.call('ZADD', KEYS[1], now, a[1]) else redis.call('ZREM', KEYS[1], a[1]) end
redis.call('PEXPIRE', KEYS[1], 60000)
return redis.call('ZCARD', KEYS[1])
`

/** Keys: the book, the limit's counter, the values of its dimension. `[limit]`. Answers how many values are left. */
export const FORGET = `
local a = cjson.decode(ARGV[1])
redis.call('HDEL', KEYS[1], 'b' .. a[1], 'c' .. a[1])
redis.call('DEL', KEYS[2])
local values = redis.call('ZPOPMIN', KEYS[3], 1000)
for i = 1, #values, 2 do redis.call('DEL', values[i]) end
return redis.call('ZCARD', KEYS[3])
`
