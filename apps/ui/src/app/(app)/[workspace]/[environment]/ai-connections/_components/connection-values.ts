import { aiConnectionInput } from '@vm-x/contract'
import type { FieldErrors, Resolver } from 'react-hook-form'
import type { AiConnection, Provider } from '@/client/queries'
import { contractResolver } from '@/components/form/contract-resolver'
import { filledIn, type SchemaField, schemaFields } from '@/components/form/schema-problems'
import type { ConnectionInput } from '../queries'

/** What a form of a connection holds. Credentials are only what is typed: what is stored is never read back. */
export type ConnectionValues = Pick<
  AiConnection,
  'name' | 'enabled' | 'allowedModels' | 'models' | 'capacity' | 'maxConcurrent' | 'discoveredCapacity'
> & {
  readonly provider: string
  readonly config: Record<string, unknown>
  /** Null: the default. */
  readonly timeouts: Readonly<Partial<Record<keyof AiConnection['timeouts'], number | null>>>
  readonly credentials: Record<string, unknown>
  /** `keep`: what is stored stays. */
  readonly credentialChoice: 'keep' | 'replace' | 'remove'
  /** What the stored credential, if there is one, was given for. */
  readonly stored: { readonly credential: boolean; readonly baseUrl: string | undefined }
}

/** Of the provider's own schemas. */
export const fieldsOf = (provider: Provider) => ({
  config: schemaFields(provider.config),
  credentials: schemaFields(provider.credentials, true),
})

/** What a form of a connection begins with: each field of the provider has a value, so that an empty one is no change. */
export const valuesOf = (connection: AiConnection, provider: Provider | undefined): ConnectionValues => ({
  name: connection.name,
  provider: connection.provider,
  enabled: connection.enabled,
  config: { ...emptyConfig(provider), ...connection.config },
  credentials: {},
  credentialChoice: 'keep',
  allowedModels: connection.allowedModels,
  models: connection.models,
  timeouts: { ...NO_TIMES, ...connection.timeouts },
  capacity: connection.capacity,
  maxConcurrent: connection.maxConcurrent,
  discoveredCapacity: connection.discoveredCapacity,
  stored: { credential: connection.credentials !== null, baseUrl: connection.config.baseUrl },
})

const NO_TIMES = { connectMs: null, firstByteMs: null, firstTokenMs: null, idleMs: null }

const emptyConfig = (provider: Provider | undefined): Record<string, unknown> =>
  provider === undefined
    ? { baseUrl: '' }
    : Object.fromEntries(
        schemaFields(provider.config).map(({ name, kind }) => [
          name,
          kind === 'number' ? null : kind === 'switch' ? false : '',
        ]),
      )

/** What the API is sent, but for credentials that stay as they are. */
export function sentOf({
  credentialChoice,
  credentials,
  config,
  timeouts,
  stored: _,
  ...rest
}: ConnectionValues): ConnectionInput {
  const filled = filledIn(credentials)
  return {
    ...rest,
    config: filledIn(config),
    timeouts: filledIn(timeouts),
    ...(credentialChoice === 'remove' && { credentials: null }),
    ...(credentialChoice === 'replace' && { credentials: Object.keys(filled).length > 0 ? filled : null }),
  }
}

/** Holds a form against the contract, and what it says of the provider against the provider's own schemas. */
export function connectionResolver(provider: Provider | undefined): Resolver<ConnectionValues> {
  const contract = contractResolver(aiConnectionInput)
  const { config, credentials } = provider ? fieldsOf(provider) : { config: [], credentials: [] }
  return async (values, context, options) => {
    const sent = sentOf(values)
    const { errors } = await contract({ ...sent, provider: values.provider }, context, options as never)
    const own: FieldErrors<ConnectionValues> = {
      ...(errors as FieldErrors<ConnectionValues>),
      ...problemsOf('config', config, values.config),
      ...(values.credentialChoice === 'replace' && problemsOf('credentials', credentials, values.credentials)),
      ...(isLeftBehind(values) && {
        credentialChoice: {
          type: 'stored',
          message: 'Another address needs the credential again: replace or remove it',
        },
      }),
    }
    return Object.keys(own).length > 0 ? { values: {}, errors: own } : { values, errors: {} }
  }
}

/** A credential does not follow to another address. */
const isLeftBehind = ({ credentialChoice, config, stored }: ConnectionValues) =>
  credentialChoice === 'keep' && stored.credential && (config.baseUrl || undefined) !== stored.baseUrl

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
