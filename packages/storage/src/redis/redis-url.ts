import { isIP } from 'node:net'

/** Where Redis is and how to sign in, as a URL says it. */
export type RedisAddress = {
  readonly kind: 'single' | 'cluster'
  readonly tls: boolean
  /** One, or of a cluster those that are asked for the others. */
  readonly nodes: readonly RedisNode[]
  readonly username?: string
  readonly password?: string
  /** Always 0 in a cluster, which knows no other. */
  readonly database: number
}

export type RedisNode = { readonly host: string; readonly port: number }

/**
 * Reads `redis://[user:password@]host[:port][/database]` and `redis+cluster://[user:password@]host[:port],…`; with
 * `rediss` for TLS. User and password are percent-encoded. Throws what is wrong in one sentence without any part of the
 * URL that may be secret.
 */
export function parseRedisUrl(url: string): RedisAddress {
  const [, scheme, secure, cluster, rest = ''] = /^(redis(s?)(\+cluster)?):\/\/(.*)$/s.exec(url) ?? []
  if (scheme === undefined)
    throw new Error('must start with redis://, rediss://, redis+cluster:// or rediss+cluster://')
  if (/\s/.test(rest)) throw new Error('holds a space or a line break')
  const at = rest.lastIndexOf('@')
  const place = rest.slice(at + 1)
  // What stands here may be the end of a password that was not encoded: it is not repeated.
  if (place.includes('?')) throw new Error('takes no parameters after a ?; in a password write it as %3F')
  if (place.includes('#')) throw new Error('takes nothing after a #; in a password write it as %23')
  const slash = place.indexOf('/')
  const hosts = slash === -1 ? place : place.slice(0, slash)
  const path = slash === -1 ? '' : place.slice(slash + 1)
  const nodes = hosts.split(',').map(nodeOf)
  if (cluster === undefined && nodes.length > 1)
    throw new Error(`names several hosts: write ${scheme}+cluster:// if they are a cluster`)
  if (cluster !== undefined && !/^0?$/.test(path))
    throw new Error('a cluster has no databases: leave out what follows the /')
  return {
    kind: cluster === undefined ? 'single' : 'cluster',
    tls: secure === 's',
    nodes,
    ...(at === -1 ? {} : credentialsOf(rest.slice(0, at))),
    database: databaseOf(path),
  }
}

function credentialsOf(text: string): { username?: string; password: string } {
  const colon = text.indexOf(':')
  if (colon === -1) throw new Error('has a user without a password: write user:password@ or :password@')
  const username = decoded(text.slice(0, colon))
  const password = decoded(text.slice(colon + 1))
  if (password === '') throw new Error('has an empty password')
  return { ...(username === '' ? {} : { username }), password }
}

function decoded(text: string): string {
  if (/[/?#@]/.test(text)) throw new Error('has a user or password with / ? # or @ in it that is not percent-encoded')
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Error('has a user or password that is not percent-encoded: write % as %25')
  }
}

const DEFAULT_PORT = 6379

function nodeOf(text: string): RedisNode {
  const [, ipv6, name, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?$/.exec(text) ?? []
  const host = ipv6 ?? name
  const port = digits === undefined ? DEFAULT_PORT : Number(digits)
  if (host === undefined || (ipv6 !== undefined && isIP(ipv6) !== 6))
    throw new Error('has a host that is not one: write host:port, an IPv6 address in [ ]')
  if (port < 1 || port > 65_535) throw new Error('has a port that is not from 1 to 65535')
  return { host, port }
}

function databaseOf(path: string): number {
  if (path === '') return 0
  if (!/^\d{1,5}$/.test(path)) throw new Error('has a database that is not a number')
  return Number(path)
}
