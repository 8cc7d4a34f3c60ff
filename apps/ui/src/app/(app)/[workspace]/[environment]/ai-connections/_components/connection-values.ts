import { aiConnectionInput } from '@vm-x/contract'
import type { FieldErrors, Resolver } from 'react-hook-form'
import type { AiConnection, Provider } from '@/client/queries'
import { contractResolver } from '@/components/form/contract-resolver'
import { filledIn, type SchemaField, schemaFields } from '@/components/form/schema-problems'
import type { ConnectionInput } from '../queries'

/** What a form of a connection holds. Credentials are only what is typed: what is stored is never read back. */
export type ConnectionValues = Pick<
  AiConnection,
  'name' | 'enabled' | 'allowedModels' | 'models' | 'timeouts' | 'capacity' | 'maxConcurrent' | 'discoveredCapacity'
> & {
  readonly provider: string
  readonly config: Record<string, unknown>
  readonly credentials: Record<string, unknown>
  /** `keep`: what is stored stays. */
  readonly credentialChoice: 'keep' | 'replace' | 'remove'
}

/** Of the provider's own schemas. */
export const fieldsOf = (provider: Provider) => ({
  config: schemaFields(provider.config),
  credentials: schemaFields(provider.credentials, true),
})

/** What the API is sent, but for credentials that stay as they are. */
export function sentOf({ credentialChoice, credentials, config, ...rest }: ConnectionValues): ConnectionInput {
  const filled = filledIn(credentials)
  return {
    ...rest,
    config: filledIn(config),
    ...(credentialChoice === 'remove' && { credentials: null }),
    ...(credentialChoice === 'replace' && { credentials: Object.keys(filled).length > 0 ? filled : null }),
  }
}

/** Holds a form against the contract, and what it says of the provider against the provider's own schemas. */
export function connectionResolver(provider: Provider): Resolver<ConnectionValues> {
  const contract = contractResolver(aiConnectionInput)
  const { config, credentials } = fieldsOf(provider)
  return async (values, context, options) => {
    const sent = sentOf(values)
    const { errors } = await contract({ ...sent, provider: values.provider }, context, options as never)
    const own: FieldErrors<ConnectionValues> = {
      ...(errors as FieldErrors<ConnectionValues>),
      ...problemsOf('config', config, values.config),
      ...(values.credentialChoice === 'replace' && problemsOf('credentials', credentials, values.credentials)),
    }
    return Object.keys(own).length > 0 ? { values: {}, errors: own } : { values, errors: {} }
  }
}

function problemsOf(
  within: 'config' | 'credentials',
  fields: readonly SchemaField[],
  values: Readonly<Record<string, unknown>>,
): FieldErrors<ConnectionValues> {
  const problems = fields.flatMap(({ name, problem }) => {
    const message = problem(values[name])
    return message === undefined ? [] : [[name, { type: 'schema', message }]]
  })
  return problems.length > 0 ? { [within]: Object.fromEntries(problems) } : {}
}
