import { MANAGEMENT_PREFIX, managementRoutes, PROBLEMS, type ProblemCode, problem, type Route } from '@vm-x/contract'
import { FAILURES, problemsOf } from './openapi-problems.ts'
import { type JsonSchema, OpenApiSchemas } from './openapi-schemas.ts'
import { TAGS } from './openapi-tags.ts'

export type OpenApiDocument = {
  readonly openapi: '3.1.0'
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly [part: string]: unknown
}

/** What the management API says of itself: https://spec.openapis.org/oas/v3.1.0, made of the table of routes. */
export function openApiDocument(version: string): OpenApiDocument {
  const schemas = new OpenApiSchemas({
    parameters: managementRoutes.flatMap(({ query }) => query ?? []),
    input: managementRoutes.flatMap(({ body }) => body ?? []),
    output: [...managementRoutes.flatMap(({ answer }) => answer ?? []), problem],
  })
  const responses = new Map<string, object>()
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of managementRoutes) {
    const operations = paths[route.path] ?? {}
    operations[route.method.toLowerCase()] = operationOf(route, schemas, responses)
    paths[route.path] = operations
  }
  return {
    openapi: '3.1.0',
    info: { title: 'VM-X AI management API', version, description: DESCRIPTION },
    servers: [{ url: MANAGEMENT_PREFIX, description: 'This server' }],
    security: [{ session: [] }],
    tags: [...new Set(managementRoutes.map(({ tag }) => tag))].map((name) => ({ name, description: TAGS[name] })),
    paths,
    components: {
      schemas: schemas.components(),
      responses: Object.fromEntries([...responses].toSorted(([one], [other]) => (one < other ? -1 : 1))),
      headers: HEADERS,
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'vmx_session',
          description: SESSION,
        },
      },
    },
  }
}

const DESCRIPTION = `Everything that the gateway acts on. Sign in at \`POST ${MANAGEMENT_PREFIX}/auth/sign-in\`; the cookie that it sets is what every other route asks for.

- What changes something needs the header \`Origin\` with the address of the server, which browsers send by themselves.
- What is changed is named with its version: \`If-Match\` takes the \`ETag\` of what was read. Without it the answer is 428, and 412 when somebody else was faster.
- Lists come in pages: \`next\` of one is \`cursor\` of the following one.
- A refusal is \`application/problem+json\` (RFC 9457) with a \`code\`; \`invalid_fields\` tells of every field that is wrong, by its path.
- What belongs to a workspace that you are no member of is answered with 404, as if it did not exist.`

const SESSION =
  'Nothing to enter here: the answer to `signIn` sets the cookie, and the browser sends it by itself from then on. ' +
  'Programs send back what `Set-Cookie` gave them. It is `Secure`, which is for https alone, but on plain http to this ' +
  'machine itself (127.0.0.0/8, ::1, localhost).'

function operationOf(route: Route, schemas: OpenApiSchemas, responses: Responses): Record<string, unknown> {
  const { id, tag, summary, description, access, body } = route
  const asked = access.kind === 'permission' ? askedFor(access) : undefined
  const parameters = [
    ...pathParameters(route),
    ...queryParameters(route, schemas),
    ...(route.method === 'GET' ? [] : [ORIGIN]),
    ...(route.ifMatch ? [IF_MATCH] : []),
  ]
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: [description, asked].filter((text) => text !== undefined).join('\n\n'),
    ...(access.kind === 'public' ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body
      ? { requestBody: { required: !body.safeParse(undefined).success, content: json(schemas.of(body, 'input')) } }
      : {}),
    responses: { [route.status]: answerOf(route, schemas), ...refusalsOf(route, responses), ...ofDataPlane(route) },
  }
}

const askedFor = ({ action, on, owner, exceptOwn }: Extract<Route['access'], { kind: 'permission' }>) =>
  `Needs the permission \`${action}\` on \`${on}\`${owner ? ', and to own the workspace' : ''}${exceptOwn ? ', but for your own' : ''}.`

const json = (schema: JsonSchema) => ({ 'application/json': { schema } })

const pathParameters = ({ path }: Route) =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', format: 'uuid' },
  }))

function queryParameters({ query }: Route, schemas: OpenApiSchemas) {
  if (!query) return []
  const { properties = {}, required = [] } = schemas.written(query, 'input') as {
    properties?: Record<string, JsonSchema>
    required?: string[]
  }
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema,
  }))
}

/** Not required of clients that are generated: browsers do not let pages set it. */
const ORIGIN = {
  name: 'Origin',
  in: 'header',
  required: false,
  description:
    'Where the request comes from. Browsers set it themselves; programs send the address of the server itself. ' +
    'Without it, or with that of a page that may not ask, the answer is 403.',
  // Pages that show samples leave out of them what is not required and has no example.
  example: 'http://127.0.0.1:3000',
  schema: { type: 'string' },
}

const IF_MATCH = {
  name: 'If-Match',
  in: 'header',
  required: true,
  description: 'The `ETag` of what was read: the version that the request changes.',
  schema: { type: 'string', examples: ['"3"'] },
}

const HEADERS = {
  RequestId: { description: 'Finds the request in the log and the audit.', schema: { type: 'string' } },
  ETag: { description: 'The version, for `If-Match`.', schema: { type: 'string', examples: ['"3"'] } },
}

const REQUEST_ID = { 'x-request-id': { $ref: '#/components/headers/RequestId' } }
const ETAG = { ETag: { $ref: '#/components/headers/ETag' } }

function answerOf({ status, answer, media }: Route, schemas: OpenApiSchemas): Record<string, unknown> {
  const versioned = answer && Object.hasOwn(schemas.written(answer, 'output')['properties'] ?? {}, 'version')
  return {
    description: ANSWERS[status],
    headers: { ...REQUEST_ID, ...(versioned ? ETAG : {}) },
    ...(answer ? { content: json(schemas.of(answer, 'output')) } : {}),
    ...(media ? { content: Object.fromEntries(media.map((type) => [type, { schema: ofMedia(type) }])) } : {}),
  }
}

const ANSWERS = { 200: 'Done', 201: 'Made', 204: 'Done; there is nothing to say' } as const satisfies Record<
  Route['status'],
  string
>

const ofMedia = (type: string) => (type === 'application/json' ? {} : { type: 'string' })

/** What answers itself in JSON beside the contract is the data plane, which has errors of its own form. */
const ofDataPlane = ({ media }: Route) =>
  media?.includes('application/json')
    ? { default: { description: 'As the data plane refuses, in the form of the OpenAI API', content: json({}) } }
    : {}

type Responses = Map<string, object>

/** One response for each status, with the codes that have it; kept in `responses` under these codes. */
function refusalsOf(route: Route, responses: Responses): Record<string, unknown> {
  const codes = [...new Set([...problemsOf(route), ...FAILURES])]
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code].status)
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => {
      const name = codes.join('.')
      responses.set(name, refusal(codes))
      return [status, { $ref: `#/components/responses/${name}` }]
    }),
  )
}

const refusal = (codes: readonly ProblemCode[]) => ({
  description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('; '),
  headers: REQUEST_ID,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
})
