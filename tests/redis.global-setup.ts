import type { TestProject } from 'vitest/node'
import { startRedisCluster } from '../scripts/redis-cluster.mjs'
import { findProgram, startRedis } from '../scripts/redis-services.mjs'

/**
 * One Redis and one Redis cluster for the whole run, and a Valkey where there is one. Tests share them: each uses keys
 * of its own, by the id of its workspace. Where they can't be had, only the tests that ask for them fail, saying why.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Not both at once: the first may have to install the program.
  const redis = await started(startRedis())
  const [cluster, valkey] = await Promise.all([started(startRedisCluster()), startValkey()])
  project.provide('redis', provided(redis))
  project.provide('redisCluster', provided(cluster))
  project.provide('valkey', valkey ? provided(valkey) : null)
  return async () => {
    await Promise.all([redis, cluster, valkey].map((server) => server && 'stop' in server && server.stop()))
  }
}

type Server = { readonly url: string; stop(): Promise<void> }

async function startValkey() {
  if (findProgram('valkey-server') === undefined) return undefined
  return await started(startRedis({ program: 'valkey-server', own: true }))
}

const started = (starting: Promise<Server>) =>
  starting.catch((error) => ({ missing: error instanceof Error ? error.message : String(error) }))

const provided = (server: Server | { missing: string }) => ('missing' in server ? server : { url: server.url })
