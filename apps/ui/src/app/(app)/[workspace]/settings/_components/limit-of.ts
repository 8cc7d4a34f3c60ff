import type { components } from '@/client/schema'

type Schemas = components['schemas']

/** A limit with what stands for what it leaves out. */
export const limitOf = (limit: Schemas['LimitInput']): Schemas['Limit'] => ({
  reserve: 'expected',
  enabled: true,
  ...limit,
})
