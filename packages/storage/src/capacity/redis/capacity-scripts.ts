import { type RedisScript, redisScript } from '../../redis/redis-script.ts'
import { ATTEND, BEGIN, CAPACITY_COUNTERS, CHARGE, FORGET, PEEK, REDIS_CLOCK, RESERVE, RESTORE, SETTLE } from './lua.ts'

export type CapacityScripts = ReturnType<typeof capacityScripts>

/** @param clock Lua that defines `now_ms()`; another one than Redis's own for tests alone */
export const capacityScripts = (clock = REDIS_CLOCK) => {
  const script = (source: string): RedisScript => redisScript(clock + CAPACITY_COUNTERS + source)
  return {
    reserve: script(RESERVE),
    settle: script(SETTLE),
    restore: script(RESTORE),
    peek: script(PEEK),
    begin: script(BEGIN),
    charge: script(CHARGE),
    forget: script(FORGET),
    attend: script(ATTEND),
  }
}
