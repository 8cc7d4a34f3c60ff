import { setTimeout } from 'node:timers/promises'
import { freePorts } from './free-ports.mjs'
import { missing, redisProgram, startRedis } from './redis-services.mjs'

/**
 * @typedef {object} RedisCluster
 * @property {string} url `redis+cluster://` with every node
 * @property {import('./redis-services.mjs').RedisServer[]} nodes the first masters, then their replicas
 * @property {(key: string) => Promise<import('./redis-services.mjs').RedisServer>} masterOf who serves a key now
 * @property {() => Promise<void>} stop
 */

/**
 * A Redis cluster for tests on 127.0.0.1, each master with so many replicas; resolves when every node sees it whole
 * and the replicas follow. Throws when the servers are missing. A master that is gone for `nodeTimeoutMs` is replaced.
 * @returns {Promise<RedisCluster>}
 */
export async function startRedisCluster({ masters = 3, replicas = 1, nodeTimeoutMs = 1_500 } = {}) {
  if (!(await redisProgram())) throw new Error(missing())
  const count = masters * (1 + replicas)
  const ports = await freePorts(2 * count)
  const nodes = await Promise.all(
    ports.slice(0, count).map((port, index) => {
      const config = { ...OF_A_NODE, 'cluster-node-timeout': nodeTimeoutMs, 'cluster-port': ports[count + index] }
      return startRedis({ own: true, port, config })
    }),
  )
  const stop = async () => void (await Promise.all(nodes.map((node) => node.stop())))
  try {
    await join(nodes, { masters, busPorts: ports.slice(count) })
  } catch (error) {
    await stop()
    throw error
  }
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`)
  return { url: `redis+cluster://${addresses.join(',')}`, nodes, masterOf: (key) => masterOf(nodes, key), stop }
}

const OF_A_NODE = {
  'cluster-enabled': 'yes',
  'cluster-allow-replica-migration': 'no',
  // Replicas are to follow within the second.
  'repl-diskless-sync-delay': 0,
}

const SLOTS = 16_384

async function join(nodes, { masters, busPorts }) {
  const [first] = nodes
  const leading = nodes.slice(0, masters)
  const following = nodes.slice(masters)
  const boundary = (index) => Math.floor((SLOTS * index) / masters)
  await Promise.all(
    leading.map(async (node, index) => {
      await node.command('CLUSTER', 'ADDSLOTSRANGE', boundary(index), boundary(index + 1) - 1)
      await node.command('CLUSTER', 'SET-CONFIG-EPOCH', index + 1)
    }),
  )
  for (const [index, { port }] of nodes.entries())
    if (index > 0) await first.command('CLUSTER', 'MEET', '127.0.0.1', port, busPorts[index])
  await all(nodes, async (node) => (await clusterInfo(node)).get('cluster_known_nodes') === String(nodes.length))
  const ids = await Promise.all(leading.map((node) => node.command('CLUSTER', 'MYID')))
  await Promise.all(following.map((node, index) => node.command('CLUSTER', 'REPLICATE', ids[index % masters])))
  await all(nodes, async (node) => {
    const known = await node.command('CLUSTER', 'NODES')
    const replicas = known.split('\n').filter((line) => / (myself,)?slave /.test(line)).length
    return (await clusterInfo(node)).get('cluster_state') === 'ok' && replicas === following.length
  })
  await all(following, async (node) => (await node.command('INFO', 'replication')).includes('master_link_status:up'))
}

async function clusterInfo(node) {
  const text = await node.command('CLUSTER', 'INFO')
  return new Map(text.split('\r\n').map((line) => line.split(':')))
}

/** Waits until it holds of every node. */
async function all(nodes, holds) {
  for (let attempt = 0; attempt < 600; attempt++) {
    const held = await Promise.all(nodes.map(holds))
    if (held.every(Boolean)) return
    await setTimeout(50)
  }
  throw new Error('The nodes did not become a cluster within half a minute')
}

async function masterOf(nodes, key) {
  const { shards, slot } = await firstAnswer(nodes, async (node) => ({
    slot: await node.command('CLUSTER', 'KEYSLOT', key),
    shards: await node.command('CLUSTER', 'SLOTS'),
  }))
  const shard = shards.find(([from, to]) => from <= slot && slot <= to)
  const node = nodes.find(({ port }) => port === shard?.[2][1])
  if (!node) throw new Error(`No master serves slot ${slot}`)
  return node
}

/** Of the nodes some may be dead. */
const firstAnswer = (nodes, ask) => Promise.any(nodes.map(ask))
