import type { AiConnectionInput } from '@vm-x/contract'
import { AddressNotAllowed, type UpstreamAddressPolicy } from '@vm-x/gateway'
import { place } from '@vm-x/storage'
import type { z } from 'zod'
import { fieldErrors } from '../http/field-errors.ts'
import type { FieldError } from '../http/problem.ts'
import { providers } from './providers.ts'

/**
 * What is wrong with where a connection leads: the provider, its settings, and an address that is known not to be
 * reachable for requests. Host names are checked when they resolve, at each call.
 */
export function placeProblems(
  { provider, config }: Pick<AiConnectionInput, 'provider' | 'config'>,
  addresses: UpstreamAddressPolicy,
): FieldError[] {
  const row = providers.get(provider)
  if (!row) {
    const message = `there is no provider "${provider}"; there are ${[...providers.keys()].join(', ')}`
    return [{ path: 'provider', message }]
  }
  const problems = problemsBelow('config', row.config.safeParse(config).error)
  if (problems.length > 0 || config.baseUrl === undefined || mayBeCalled(config.baseUrl, addresses)) return problems
  return [{ path: 'config.baseUrl', message: 'is not a public address and not in UPSTREAM_ALLOW' }]
}

/** What is wrong with the credentials for a provider; nothing is said of them where there is no such provider. */
export function credentialProblems({
  provider,
  credentials,
}: Pick<AiConnectionInput, 'provider' | 'credentials'>): FieldError[] {
  const row = providers.get(provider)
  return row ? problemsBelow('credentials', row.credentials.safeParse(credentials ?? {}).error) : []
}

/** What is said of models that may not be called can not take effect. */
export function modelProblems({
  allowedModels,
  models,
}: Pick<AiConnectionInput, 'allowedModels' | 'models'>): FieldError[] {
  if (!allowedModels) return []
  return Object.keys(models)
    .filter((model) => !allowedModels.includes(model))
    .map((model) => ({ path: place(['models', model]), message: "is not one of the connection's allowedModels" }))
}

const problemsBelow = (field: string, error: z.ZodError | undefined): FieldError[] =>
  fieldErrors((error?.issues ?? []).map((issue) => ({ ...issue, path: [field, ...issue.path] })))

function mayBeCalled(baseUrl: string, addresses: UpstreamAddressPolicy): boolean {
  const { hostname, port, protocol } = new URL(baseUrl)
  try {
    addresses.checkLiteral(hostname, Number(port) || (protocol === 'https:' ? 443 : 80))
    return true
  } catch (error) {
    if (error instanceof AddressNotAllowed) return false
    throw error
  }
}
