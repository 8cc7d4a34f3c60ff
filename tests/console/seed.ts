/**
 * Fills an installation as people would, over its API: connections, resources with rules and limits, keys, people, and
 * requests with every kind of outcome. What pages and pictures are made of.
 */
export type Seeded = {
  readonly workspaceId: string
  readonly environmentId: string
  readonly password: string
  readonly apiKey: string
}

export type Session = {
  /** Calls the management API as who is signed in. Rejects with what it refused. */
  call<Answer>(method: string, path: string, body?: unknown, version?: number): Promise<Answer>
  readonly cookie: string
}

type Named = { readonly id: string; readonly name: string; readonly version: number }
type Page = { readonly items: readonly Named[] }

/** Signs in; a one-time password is changed to `password` first. */
export async function signIn(url: string, email: string, oneTimePassword: string, password: string): Promise<Session> {
  const first = await startSession(url, email, oneTimePassword)
  if (first.state === 'active') return first.session
  await first.session.call('POST', '/auth/password', { currentPassword: oneTimePassword, newPassword: password })
  return (await startSession(url, email, password)).session
}

async function startSession(url: string, email: string, password: string) {
  const answer = await fetch(`${url}/management/v1/auth/sign-in`, {
    method: 'POST',
    headers: { origin: url, 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
  if (!answer.ok) throw new Error(`sign-in of ${email}: ${answer.status} ${await answer.text()}`)
  const cookie = (answer.headers.getSetCookie()[0] ?? '').split(';')[0] ?? ''
  const { user } = (await answer.json()) as { user: { state: string } }
  return { state: user.state, session: { cookie, call: caller(url, cookie) } }
}

const caller =
  (url: string, cookie: string): Session['call'] =>
  async (method, path, body, version) => {
    const answer = await fetch(`${url}/management/v1${path}`, {
      method,
      headers: {
        origin: url,
        cookie,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(version !== undefined && { 'if-match': `"${version}"` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return (text ? JSON.parse(text) : undefined) as never
  }

export async function seed(url: string, session: Session): Promise<Seeded> {
  const { call } = session
  const workspace = one(await call<Page>('GET', '/workspaces'))
  const environment = one(await call<Page>('GET', `/workspaces/${workspace.id}/environments`))
  const base = `/workspaces/${workspace.id}/environments/${environment.id}`
  const demo = one(await call<Page>('GET', `${base}/ai-connections`))
  const openai = await call<Named>('POST', `${base}/ai-connections`, {
    name: 'openai-eu',
    provider: 'openai',
    credentials: { apiKey: 'sk-not-a-real-key' },
    allowedModels: ['gpt-5-mini', 'gpt-5'],
    capacity: [
      { period: 'minute', requests: 500, tokens: 200_000 },
      { period: 'day', tokens: 20_000_000 },
    ],
    maxConcurrent: 40,
    discoveredCapacity: 'enforce',
  })
  await call('POST', `${base}/ai-connections`, {
    name: 'vllm-on-premises',
    provider: 'openai-compatible',
    config: { baseUrl: 'https://vllm.example.com/v1' },
    enabled: false,
  })
  await call('POST', `${base}/ai-resources`, supportChat(demo.id, openai.id))
  await call('POST', `${base}/ai-resources`, {
    name: 'summaries',
    description: 'Nightly summaries; slow answers are fine',
    model: { connectionId: demo.id, model: 'demo' },
    capacity: [{ period: 'hour', requests: 1000 }],
    enabled: false,
  })
  const { value } = await call<{ value: string }>('POST', `${base}/api-keys`, {
    name: 'support-backend',
    description: 'Used by the support application',
    labels: ['support', 'production'],
    capacity: [{ period: 'minute', requests: 60, tokens: 50_000 }],
  })
  const resources = await call<Page>('GET', `${base}/ai-resources`)
  await call('POST', `${base}/api-keys`, {
    name: 'notebooks',
    resources: resources.items.filter(({ name }) => name === 'demo').map(({ id }) => id),
    allowedCidrs: ['10.0.0.0/8'],
    expiresAt: '2036-01-01T00:00:00.000Z',
    maxConcurrent: 4,
  })
  await call('POST', `/workspaces/${workspace.id}/environments`, { name: 'staging' })
  await addPeople(session, workspace.id)
  await sendRequests(url, value)
  return { workspaceId: workspace.id, environmentId: environment.id, password: PASSWORD, apiKey: value }
}

/** Of everybody that {@link seed} adds. */
const PASSWORD = 'a password for pictures'
export const READER = 'reader@example.com'
export const OUTSIDER = 'outsider@example.com'

const supportChat = (demoId: string, openaiId: string) => ({
  name: 'support-chat',
  description: 'What the support application asks; long questions go to the larger model',
  model: { connectionId: demoId, model: 'demo' },
  routing: [
    {
      description: 'No card numbers',
      when: { field: 'request.lastUserMessage.content', op: 'matches', value: '\\b\\d{16}\\b' },
      then: { block: 'Please leave out the card number' },
    },
    {
      description: 'Long questions of important callers',
      when: {
        all: [
          { field: 'tokens.input', op: 'gt', value: 2000 },
          {
            any: [
              { field: 'apiKey.labels', op: 'contains', value: 'production' },
              { field: 'request.user', op: 'startsWith', value: 'vip-' },
            ],
          },
        ],
      },
      then: { target: { connectionId: openaiId, model: 'gpt-5' } },
    },
    {
      description: 'Try another model with a tenth',
      when: { expression: 'request.stream && errorRate(5) < 0.05' },
      then: {
        split: [
          { target: { connectionId: demoId, model: 'demo' }, weight: 90 },
          { target: { connectionId: demoId, model: 'demo+delay=50' }, weight: 10 },
        ],
        sticky: 'request.user',
      },
      enabled: false,
    },
  ],
  fallback: {
    enabled: true,
    models: [{ connectionId: demoId, model: 'demo' }],
  },
  secondaryModels: [{ name: 'large', connectionId: openaiId, model: 'gpt-5' }],
  capacity: [
    { period: 'minute', requests: 300, tokens: 100_000 },
    { period: 'minute', requests: 20, dimension: 'user' },
  ],
  maxConcurrent: 50,
  timeouts: { firstByteMs: 20_000, totalMs: 120_000 },
  retries: { max: 2, baseMs: 100 },
})

async function addPeople({ call }: Session, workspaceId: string) {
  const roles = await call<Page>('GET', '/roles')
  const reader = roles.items.find(({ name }) => name === 'read-only')
  for (const [email, name] of [
    [READER, 'Rea Reader'],
    [OUTSIDER, 'Otto Outsider'],
  ] as const) {
    const user = await call<{ id: string; oneTimePassword: string }>('POST', '/users', { email, name })
    people.set(email, user.oneTimePassword)
    if (email === READER && reader) {
      await call('PUT', `/roles/${reader.id}/members/${user.id}`)
      await call('POST', `/workspaces/${workspaceId}/members`, { email })
    }
  }
}

const people = new Map<string, string>()

/** Signs in one of the people that were added; their password is changed the first time. */
export async function signInAs(url: string, email: string): Promise<Session> {
  const oneTime = people.get(email)
  people.delete(email)
  return signIn(url, email, oneTime ?? PASSWORD, PASSWORD)
}

/** The cookie of one of the people that were added, who has not changed their one-time password yet. */
export async function startSessionOf(url: string, email: string): Promise<string> {
  return (await startSession(url, email, people.get(email) ?? PASSWORD)).session.cookie
}

const QUESTIONS = [
  { model: 'demo', stream: false },
  { model: 'demo', stream: true },
  { model: 'support-chat', stream: true, user: 'vip-7' },
  { model: 'support-chat', stream: false },
  { model: 'support-chat', stream: false, text: 'My card is 4111111111111111' },
  { model: 'demo-fallback', stream: false },
  { model: 'no-such-resource', stream: false },
]

async function sendRequests(url: string, apiKey: string) {
  for (let round = 0; round < 3; round += 1)
    for (const { text = 'How do I reset my password?', ...body } of QUESTIONS) {
      const answer = await fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ ...body, messages: [{ role: 'user', content: text }] }),
      })
      await answer.arrayBuffer()
    }
}

function one({ items: [first] }: Page): Named {
  if (!first) throw new Error('the list is empty')
  return first
}
