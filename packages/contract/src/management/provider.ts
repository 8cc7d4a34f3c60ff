import { z } from 'zod'
import { isStorable, UNSTORABLE } from '../text.ts'
import { IN_ENVIRONMENT, permission, route } from './route.ts'

/** Where a provider answers. What is secret has no place in it: the address is shown to whoever may see the connection. */
const baseUrl = z
  .url({ protocol: /^https?$/, error: missingOr('must be an address that begins with http:// or https://') })
  .max(2048)
  .refine(isStorable, UNSTORABLE)
  .superRefine((text, { addIssue }) => {
    // The address is never repeated: what does not belong in it may be secret.
    const url = URL.parse(text)
    if (url && (url.username || url.password))
      addIssue('must not hold a user or password: a credential belongs in credentials')
    if (url && /[?#]/.test(url.href)) addIssue('must not have a query or fragment')
  })

/** What can stand in a header. */
const SENDABLE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/

const apiKey = z
  .string({ error: missingOr('must be a text') })
  .max(4096)
  .regex(SENDABLE, 'must be of printable ASCII characters, without line ends and without spaces around it')

function missingOr(message: string): (issue: { readonly input?: unknown }) => string {
  return ({ input }) => (input === undefined ? 'is missing: the provider needs it' : message)
}

/** The settings of a connection, whatever its provider: the provider's own schema may ask for more of them. */
export const connectionConfig = z.strictObject({
  /** Instead of the provider's own address, e.g. `https://api.example.com/v1`: paths are appended to it. */
  baseUrl: baseUrl.optional(),
})

/** The secrets of a connection, whatever its provider. */
export const connectionCredentials = z.strictObject({ apiKey: apiKey.optional() })

/** What a provider needs to know. */
export type ProviderNeeds = { readonly baseUrl: boolean; readonly apiKey: boolean }

/** The schemas of one provider: connections are held against them, and forms are made from them. */
export const providerSchemas = (
  needs: ProviderNeeds,
): { config: z.ZodType<ConnectionConfig>; credentials: z.ZodType<ConnectionCredentials> } => ({
  config: needs.baseUrl ? z.strictObject({ baseUrl }) : connectionConfig,
  credentials: needs.apiKey ? z.strictObject({ apiKey }) : connectionCredentials,
})

const jsonSchema = z.record(z.string(), z.unknown())

export const provider = z.strictObject({
  /** What connections name it by, e.g. `openai`. */
  id: z.string(),
  /** As people write it. */
  name: z.string(),
  /** It has no address of its own: connections must give one. */
  needsBaseUrl: z.boolean(),
  /** Where it answers unless the connection says otherwise; null: nowhere, or within the gateway itself. */
  defaultBaseUrl: z.string().nullable(),
  needsApiKey: z.boolean(),
  operations: z.array(z.enum(['chat', 'completion', 'embedding'])),
  /** A few of its models that are current, to start with; none where names are the operator's own. */
  defaultModels: z.array(z.string()),
  /** JSON Schema of a connection's `config`. */
  config: jsonSchema,
  /** JSON Schema of a connection's `credentials`. */
  credentials: jsonSchema,
})

export const providerRoutes = {
  listProviders: route({
    id: 'listProviders',
    method: 'GET',
    path: '/workspaces/{workspaceId}/environments/{environmentId}/providers',
    tag: 'ai-connection',
    summary: 'List the providers that connections can be made to',
    description: 'With JSON Schemas of what a connection to each needs.',
    access: permission('provider:list', `${IN_ENVIRONMENT}/provider:*`),
    status: 200,
    answer: z.strictObject({ items: z.array(provider) }),
  }),
}

export type ConnectionConfig = z.infer<typeof connectionConfig>
export type ConnectionCredentials = z.infer<typeof connectionCredentials>
export type Provider = z.infer<typeof provider>
