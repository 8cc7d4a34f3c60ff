import { MOST_RECENT } from '@vm-x/gateway'
import { redisScript } from '../redis/redis-script.ts'

/**
 * Adds lessons that were not told before and answers all of them, then what is known of targets.
 *
 * KEYS: the number of the replica's last batch; one for each lesson; for each target, its limits and its hold.
 * ARGV: the batch's number (0: only asks), how long that is kept, how long lessons are, how many lessons and targets;
 * for each lesson, whether it moves, and its sums up to a `;`.
 *
 * A lesson is kept as `<since> <answers> <sum>…`, and answered with its age in the place of its beginning; a target is
 * answered as `<ms that its limits are kept> <ms that its hold lasts> <its limits>`. What is not there is empty.
 */
export const EXCHANGE = redisScript(`
local number, told_ms, lesson_ms = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local lessons, targets = tonumber(ARGV[4]), tonumber(ARGV[5])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local fresh = false
if number > 0 and number > tonumber(redis.call('GET', KEYS[1]) or '0') then
  fresh = true
  redis.call('SET', KEYS[1], ARGV[1], 'PX', told_ms)
end

local most = ${MOST_RECENT}
local function add(kept, news, moving)
  local known, added = kept[1], news[1]
  local keep, take = 1, 1
  if moving and known + added > most and known > 0 then keep = math.max(0, most - added) / known end
  if moving and added > most then take = most / added end
  for i = 1, #news do kept[i] = kept[i] * keep + news[i] * take end
end

local answer = {}
local at = 6
for lesson = 1, lessons do
  local moving = ARGV[at] == '1'
  at = at + 1
  local news = {}
  while ARGV[at] ~= ';' do
    news[#news + 1] = tonumber(ARGV[at])
    at = at + 1
  end
  at = at + 1
  local key = KEYS[1 + lesson]
  local since, kept = now, nil
  local text = redis.call('GET', key)
  if text then
    local read = {}
    for word in string.gmatch(text, '%S+') do read[#read + 1] = tonumber(word) end
    if #read == #news + 1 then since, kept = read[1], { unpack(read, 2) } end
  end
  if fresh and news[1] > 0 then
    if not kept then
      kept = {}
      for i = 1, #news do kept[i] = 0 end
    end
    add(kept, news, moving)
    local words = { string.format('%.0f', since) }
    for i = 1, #kept do words[i + 1] = string.format('%.17g', kept[i]) end
    redis.call('SET', key, table.concat(words, ' '), 'PX', lesson_ms)
  end
  if kept then
    local words = { string.format('%.0f', math.max(0, now - since)) }
    for i = 1, #kept do words[i + 1] = string.format('%.17g', kept[i]) end
    answer[lesson] = table.concat(words, ' ')
  else
    answer[lesson] = ''
  end
end

for target = 1, targets do
  local first = 1 + lessons + target * 2 - 1
  local limits = redis.call('GET', KEYS[first])
  local held = redis.call('PTTL', KEYS[first + 1])
  answer[lessons + target] = ''
  if limits or held > 0 then
    answer[lessons + target] = redis.call('PTTL', KEYS[first]) .. ' ' .. held .. ' ' .. (limits or '')
  end
end
return answer
`)

/** Keeps a value for so many milliseconds, unless what is there lasts longer. */
export const ANNOUNCE = redisScript(`
if redis.call('PTTL', KEYS[1]) <= tonumber(ARGV[2]) then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
return 1
`)
