import { inject } from 'vitest'

declare module 'vitest' {
  export interface ProvidedContext {
    redis: { url: string } | { missing: string }
    redisCluster: { url: string } | { missing: string }
    /** null where there is none on the PATH. */
    valkey: { url: string } | { missing: string } | null
  }
}

const valkey = inject('valkey')

/**
 * The servers of this test run, which all tests share: each uses keys of its own, e.g. by a new workspace id. What a
 * store promises must hold on every one of them. `url` throws an error that says what is missing.
 */
export const testRedis: readonly { readonly kind: 'redis' | 'redis cluster' | 'valkey'; url(): string }[] = [
  { kind: 'redis', url: () => urlOf(inject('redis')) },
  { kind: 'redis cluster', url: () => urlOf(inject('redisCluster')) },
  ...(valkey ? [{ kind: 'valkey' as const, url: () => urlOf(valkey) }] : []),
]

function urlOf(provided: { url: string } | { missing: string }): string {
  if ('missing' in provided) throw new Error(provided.missing)
  return provided.url
}
