import {
  backToOne,
  concurrency,
  counted,
  estimatesReported,
  exact,
  leasesReturn,
  noneLost,
  rightHint,
  used,
  wentOn,
  withinEstimates,
  withinShares,
} from './checks.mjs'

const LIMIT = { period: 'minute', requests: 300, tokens: 500_000 }
/** So slow, and so few callers, that a minute fills within most of a minute, and something is left when Redis goes. */
const SPREAD = { period: 'minute', requests: 600 }

/**
 * What is driven, what happens meanwhile, and what must hold.
 *
 * @typedef {object} Scenario
 * @property {string} about
 * @property {object} connection fields of the connection that all requests go to
 * @property {object} [apiKey] fields of the key that all requests come with
 * @property {'single' | 'cluster'} redis where nothing else is asked for
 * @property {number} replicas
 * @property {number} callers of each replica
 * @property {number} seconds
 * @property {Record<string, string | number>} [redisConfig]
 * @property {number} [cutOff] so many replicas reach Redis by way of `world.proxy`; all of them where Redis itself goes
 * @property {boolean} [empties] Redis forgets what it has counted
 * @property {(random: () => number) => object} request what one request is like
 * @property {(world: import('./world.mjs').World, at: (part: number) => Promise<void>, mark: (event: string) => void) => Promise<void>} [meanwhile]
 *   `at` waits until that part of the time has passed; `mark` notes when something happened
 * @property {((run: import('./run.mjs').Run) => import('./checks.mjs').Check[] | Promise<import('./checks.mjs').Check[]>)[]} checks
 */

/** @type {Record<string, Scenario>} */
export const scenarios = {
  limits: {
    about: 'one connection limited to 300 requests and 500,000 tokens per minute; requests bind',
    connection: { capacity: [{ ...LIMIT, reserve: 'ceiling' }] },
    redis: 'single',
    replicas: 4,
    callers: 200,
    seconds: 180,
    request: (random) => told({ bytes: 1_200, outputTokens: between(random, 800, 1_200), maxTokens: 1_400, random }),
    checks: [exact('requests'), exact('tokens'), used('requests'), counted, noneLost],
  },
  'tokens-ceiling': {
    about: 'one connection limited to 500,000 tokens per minute, the ceiling reserved',
    connection: { capacity: [{ ...LIMIT, requests: 100_000, reserve: 'ceiling' }] },
    redis: 'single',
    replicas: 4,
    callers: 200,
    seconds: 180,
    request: (random) => told({ bytes: 2_000, outputTokens: between(random, 1_000, 2_400), maxTokens: 2_500, random }),
    checks: [exact('tokens'), used('tokens'), counted, noneLost],
  },
  'tokens-expected': {
    about: 'one connection limited to 500,000 tokens per minute, the expected use reserved; answers of ± 50 %',
    connection: { capacity: [{ ...LIMIT, requests: 100_000 }] },
    redis: 'single',
    replicas: 4,
    callers: 200,
    seconds: 180,
    request: (random) => told({ bytes: 2_000, outputTokens: between(random, 700, 2_100), maxTokens: 8_000, random }),
    checks: [withinEstimates, estimatesReported, used('tokens'), counted, noneLost],
  },
  mixed: {
    about: 'answers, failures of the provider and clients that leave: nothing leaks',
    connection: { capacity: [{ period: 'minute', requests: 1_000_000 }], maxConcurrent: 40 },
    redis: 'single',
    replicas: 4,
    callers: 25,
    seconds: 30,
    request: (random) => ({
      ...told({ bytes: 800, outputTokens: between(random, 50, 200), maxTokens: 400, random }),
      ...(random() < 0.1 && { status: 500 }),
      ...(random() < 0.1 && { abortAfterMs: between(random, 1, 200) }),
    }),
    checks: [concurrency, counted],
  },
  'retry-after': {
    about: 'one client: a refusal says when to come back, and not half a second too late',
    connection: {},
    apiKey: { capacity: [{ period: 'minute', requests: 20 }] },
    redis: 'single',
    replicas: 2,
    callers: 0,
    seconds: 0,
    request: (random) => told({ bytes: 200, outputTokens: 10, maxTokens: 20, random }),
    checks: [rightHint],
  },
  'kill-replica': {
    about: 'at most 40 requests at the same time; a replica is killed under load',
    connection: { maxConcurrent: 40 },
    redis: 'single',
    replicas: 4,
    callers: 50,
    seconds: 60,
    request: (random) => ({
      ...told({ bytes: 800, outputTokens: 100, maxTokens: 400, random }),
      afterMs: between(random, 1_000, 3_000),
    }),
    meanwhile: async ({ replicas }, at, mark) => {
      await at(0.15)
      mark('killed')
      await replicas.at(-1).kill()
    },
    checks: [concurrency, leasesReturn],
  },
  'kill-master': {
    ...degraded('the master that serves the workspace is killed; its replica takes over'),
    redis: 'cluster',
    meanwhile: async ({ redis, workspaceId }, at, mark) => {
      const master = await redis.masterOf(`{${workspaceId}}`)
      await at(0.1)
      mark('gone')
      await master.kill()
      while ((await redis.masterOf(`{${workspaceId}}`).catch(() => master)) === master) await at(0)
      mark('back')
    },
  },
  'redis-down': {
    ...degraded('Redis ends and comes back with its counters'),
    redisConfig: { appendonly: 'yes', appendfsync: 'always' },
    meanwhile: async ({ redis }, at, mark) => {
      await at(0.1)
      mark('gone')
      await redis.kill()
      await at(0.25)
      await redis.start()
      mark('back')
    },
  },
  'redis-frozen': {
    ...degraded('Redis stops answering and goes on'),
    meanwhile: async ({ redis }, at, mark) => {
      await at(0.1)
      mark('gone')
      await redis.freeze()
      await at(0.25)
      await redis.thaw()
      mark('back')
    },
  },
  'redis-restarted-empty': {
    ...degraded('Redis ends and comes back at once, without its counters'),
    empties: true,
    meanwhile: async ({ redis }, at, mark) => {
      await at(0.1)
      mark('gone')
      await redis.kill()
      await redis.start()
      mark('back')
    },
  },
  'redis-full': {
    ...degraded('Redis has no memory left and refuses to write'),
    meanwhile: async ({ redis }, at, mark) => {
      await at(0.1)
      mark('gone')
      await redis.command('CONFIG', 'SET', 'maxmemory', 1)
      await at(0.25)
      await redis.command('CONFIG', 'SET', 'maxmemory', 0)
      mark('back')
    },
  },
  'cut-off': {
    ...degraded('one replica reaches Redis no more, the others do'),
    cutOff: 1,
    meanwhile: async ({ proxy }, at, mark) => {
      await at(0.1)
      mark('gone')
      proxy.silence()
      await at(0.4)
      proxy.pass()
      mark('back')
    },
  },
  'redis-slow': {
    about: 'Redis is 100 ms away: one connection limited to 300 requests per minute is still exact',
    connection: { capacity: [{ ...LIMIT, reserve: 'ceiling' }] },
    redis: 'single',
    replicas: 4,
    callers: 50,
    seconds: 70,
    cutOff: 4,
    request: (random) => told({ bytes: 1_200, outputTokens: between(random, 800, 1_200), maxTokens: 1_400, random }),
    meanwhile: async ({ proxy }) => proxy.delay(50),
    checks: [exact('requests'), exact('tokens'), used('requests'), counted, noneLost],
  },
}

/** @returns {Omit<Scenario, 'meanwhile'>} */
function degraded(about) {
  return {
    about,
    connection: { capacity: [SPREAD] },
    redis: 'single',
    replicas: 4,
    callers: 10,
    seconds: 180,
    request: (random) => ({
      ...told({ bytes: 800, outputTokens: 100, maxTokens: 400, random }),
      afterMs: between(random, 2_000, 4_000),
    }),
    checks: [withinShares, wentOn, backToOne, counted, noneLost],
  }
}

/** Each token of input is four bytes. */
const told = ({ random, ...about }) => ({
  ...about,
  inputTokens: Math.round(about.bytes / 4),
  afterMs: between(random, 50, 400),
})

const between = (random, least, most) => Math.round(least + random() * (most - least))
