import { type ChatCompletionRequest, type FixtureMatch, type FixtureOpts, LLMock } from '@copilotkit/aimock'

/** What the emulator answers, by what is asked. */
export const AIMOCK_TEXT = 'The emulator greets the gateway, in quite a few chunks of text.'
export const AIMOCK_IMAGE_TEXT = 'The emulator received the image as it was sent.'
export const AIMOCK_TOOL_ARGUMENTS = { city: 'Zürich' }
export const AIMOCK_JSON = { answer: 'forty-two', score: 42 }
export const AIMOCK_EMBEDDING = [0.25, -0.5, 0.125]
export const AIMOCK_USAGE = { prompt_tokens: 11, completion_tokens: 13, total_tokens: 24 }

/** A model for each of the emulator's faults; whether it strikes before anything of the answer has come. */
export const AIMOCK_FAULTS = {
  drop: { early: true, options: { chaos: { dropRate: 1 } } },
  malformed: { early: true, options: { chaos: { malformedRate: 1 } } },
  ratelimit: { early: true, options: { chaos: { rateLimitRate: 1 } } },
  disconnect: { early: true, options: { chaos: { disconnectRate: 1 } } },
  'cut-at-once': { early: true, options: { disconnectAfterMs: 50, latency: 60_000 } },
  truncated: {
    early: false,
    options: { truncateAfterChunks: 4, chunkSize: 5, streamingProfile: { ttft: 0, tps: 50 } },
  },
  'cut-later': {
    early: false,
    options: { disconnectAfterMs: 700, chunkSize: 5, streamingProfile: { ttft: 0, tps: 10 } },
  },
} as const satisfies Record<string, { early: boolean; options: FixtureOpts }>

/** Models that answer `error-<status>`. */
const AIMOCK_STATUSES = [400, 401, 404, 409, 422, 500, 503]

/** Models that refuse with a 400 of this kind. */
export const AIMOCK_REFUSALS = {
  'too-long': {
    message: "This model's maximum context length is 10 tokens. Please reduce the length of the messages.",
    code: 'context_length_exceeded',
    param: 'messages',
  },
  filtered: {
    message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
    code: 'content_filter',
    param: 'prompt',
  },
}

export type AimockFault = keyof typeof AIMOCK_FAULTS

/** A picture of one pixel, as clients send one. */
export const IMAGE_URL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** An upstream that others wrote, on loopback, that takes only this key. */
export async function startAimock(apiKey: string): Promise<LLMock> {
  const mock = new LLMock({ port: 0, host: '127.0.0.1', auth: { apiKeys: [apiKey] }, journalMaxEntries: 0 })
  const usage = { usage: AIMOCK_USAGE }
  const model = 'good'
  mock.on({ model, predicate: hasImage }, { content: AIMOCK_IMAGE_TEXT, ...usage })
  mock.on(
    { model, toolName: 'get_weather' },
    { toolCalls: [{ name: 'get_weather', arguments: AIMOCK_TOOL_ARGUMENTS }], ...usage },
  )
  mock.on({ model, responseFormat: 'json_schema' }, { content: AIMOCK_JSON, ...usage })
  mock.on({ model, endpoint: 'embedding' }, { embedding: AIMOCK_EMBEDDING })
  mock.on({ model }, { content: AIMOCK_TEXT, ...usage }, { chunkSize: 7 })
  mock.on(
    { model: 'slow' },
    { content: AIMOCK_TEXT, ...usage },
    { chunkSize: 7, streamingProfile: { ttft: 0, tps: 0.1 } },
  )
  mock.on({ model: 'no-token' }, { content: AIMOCK_TEXT, ...usage }, { streamingProfile: { ttft: 60_000, tps: 1 } })
  mock.on({ model: 'late' }, { content: AIMOCK_TEXT, ...usage }, { chaos: { latencyMs: 300 } })
  for (const status of AIMOCK_STATUSES) {
    mock.on(
      { model: `error-${status}` },
      { error: { message: `Emulated ${status}`, code: `emulated_${status}` }, status },
    )
  }
  for (const [model, error] of Object.entries(AIMOCK_REFUSALS)) mock.on({ model }, { error, status: 400 })
  for (const [name, { options }] of Object.entries(AIMOCK_FAULTS)) {
    mock.on({ model: name } satisfies FixtureMatch, { content: AIMOCK_TEXT, ...usage }, options)
  }
  await mock.start()
  return mock
}

const hasImage = ({ messages }: ChatCompletionRequest): boolean =>
  (messages ?? []).some(
    ({ content }) =>
      Array.isArray(content) && content.some((part) => JSON.stringify(part.image_url ?? '').includes(IMAGE_URL)),
  )
