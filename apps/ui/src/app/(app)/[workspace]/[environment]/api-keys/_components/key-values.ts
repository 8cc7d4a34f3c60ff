import { apiKeyInput } from '@vm-x/contract'
import type { Resolver } from 'react-hook-form'
import { isProblem } from '@/client/problem'
import type { ApiKey } from '@/client/queries'
import { contractResolver } from '@/components/form/contract-resolver'
import type { KeyInput } from '../queries'

/** What a form of a key holds. */
export type KeyValues = Pick<
  ApiKey,
  | 'name'
  | 'description'
  | 'enabled'
  | 'resources'
  | 'connections'
  | 'labels'
  | 'capacity'
  | 'maxConcurrent'
  | 'expiresAt'
> & {
  /** Empty: any address. */
  readonly allowedCidrs: string[]
}

export const NEW_KEY: KeyValues = {
  name: '',
  description: '',
  enabled: true,
  resources: 'all',
  connections: [],
  labels: [],
  capacity: [],
  maxConcurrent: null,
  allowedCidrs: [],
  expiresAt: null,
}

export const valuesOf = (key: ApiKey): KeyValues => ({
  name: key.name,
  description: key.description,
  enabled: key.enabled,
  resources: key.resources,
  connections: key.connections,
  labels: key.labels,
  capacity: key.capacity,
  maxConcurrent: key.maxConcurrent,
  allowedCidrs: key.allowedCidrs ?? [],
  expiresAt: key.expiresAt,
})

export const sentOf = ({ allowedCidrs, ...values }: KeyValues): KeyInput => ({
  ...values,
  allowedCidrs: allowedCidrs.length > 0 ? allowedCidrs : null,
})

const contract = contractResolver(apiKeyInput)

/** Holds a form against the contract. */
export const keyResolver: Resolver<KeyValues> = async (values, context, options) => {
  const { errors } = await contract(sentOf(values) as never, context, options as never)
  return Object.keys(errors).length > 0 ? { values: {}, errors: errors as never } : { values, errors: {} }
}

export const LABELS = {
  name: 'Name',
  description: 'Description',
  enabled: 'Enabled',
  resources: 'AI resources',
  connections: 'AI connections',
  labels: 'Labels',
  capacity: 'Limits',
  maxConcurrent: 'Requests at the same time',
  allowedCidrs: 'Addresses',
  expiresAt: 'Expires',
}

/** The paths of a refusal that the form shows at its fields: whatever is below one of them. */
export const shownPaths = (error: unknown): string[] =>
  isProblem(error)
    ? error.errors.map(({ path }) => path).filter((path) => (/^\w+/.exec(path)?.[0] ?? '') in LABELS)
    : []
