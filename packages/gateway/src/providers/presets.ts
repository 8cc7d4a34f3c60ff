/** A provider that speaks the OpenAI wire, and where it differs from OpenAI. */
export type Preset = {
  readonly id: string
  /** As people write it. */
  readonly name: string
  /** Where paths are appended. Null: the connection must give one. */
  readonly baseUrl: string | null
  /** The header that carries the key, in lower case, and what stands before the key in it. */
  readonly credential: { readonly header: string; readonly prefix: string; readonly required: boolean }
  /** Headers of the client, in lower case, that go on to the provider besides `accept` and `content-type`. */
  readonly requestHeaders: readonly string[]
  readonly operations: readonly PresetOperation[]
  /** Where they differ from `/chat/completions`, `/completions` and `/embeddings`. */
  readonly paths?: Readonly<Partial<Record<PresetOperation, string>>>
  /** `always`: reports usage in streams unasked and may refuse `stream_options`. */
  readonly streamUsage: 'stream_options' | 'always'
  /** Where the list of models differs from `GET /models` with the key. */
  readonly listing?: {
    /** There is no list. */
    readonly none?: true
    /** Stands before each name in the list, and requests do without it. */
    readonly prefix?: string
    /** Anybody may read the list: the path of another answer that needs a good key. */
    readonly keyPath?: string
  }
  /** A few that are current, to start with; empty where names are the operator's own. */
  readonly defaultModels: readonly string[]
  /** Variables that set a connection up. */
  readonly environment: { readonly apiKey: string; readonly baseUrl: string } | null
}

type PresetOperation = 'chat' | 'completion' | 'embedding'

const bearer = { header: 'authorization', prefix: 'Bearer ', required: true } as const
const optionalBearer = { ...bearer, required: false } as const
const variables = (name: string) => ({ apiKey: `${name}_API_KEY`, baseUrl: `${name}_BASE_URL` })

const table: readonly Preset[] = [
  // https://developers.openai.com/api/reference and https://developers.openai.com/api/docs/deprecations
  {
    id: 'openai',
    name: 'OpenAI',
    baseUrl: 'https://api.openai.com/v1',
    credential: bearer,
    requestHeaders: ['openai-beta', 'idempotency-key'],
    operations: ['chat', 'completion', 'embedding'],
    streamUsage: 'stream_options',
    defaultModels: ['gpt-6.1-terra', 'gpt-6.1-sol', 'text-embedding-3-small'],
    environment: variables('OPENAI'),
  },
  // https://learn.microsoft.com/en-us/azure/foundry/openai/api-version-lifecycle: https://<resource>.openai.azure.com/openai/v1
  {
    id: 'azure-openai',
    name: 'Azure OpenAI',
    baseUrl: null,
    credential: { header: 'api-key', prefix: '', required: true },
    requestHeaders: ['openai-beta'],
    operations: ['chat', 'completion', 'embedding'],
    streamUsage: 'stream_options',
    defaultModels: [],
    environment: null,
  },
  // https://console.groq.com/docs/openai and https://console.groq.com/docs/deprecations
  {
    id: 'groq',
    name: 'Groq',
    baseUrl: 'https://api.groq.com/openai/v1',
    credential: bearer,
    requestHeaders: [],
    operations: ['chat'],
    streamUsage: 'stream_options',
    defaultModels: ['openai/gpt-oss-120b', 'openai/gpt-oss-20b'],
    environment: variables('GROQ'),
  },
  // https://ai.google.dev/gemini-api/docs/openai and https://ai.google.dev/gemini-api/docs/deprecations
  {
    id: 'gemini',
    name: 'Google Gemini',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    credential: bearer,
    requestHeaders: [],
    operations: ['chat', 'embedding'],
    streamUsage: 'stream_options',
    listing: { prefix: 'models/' },
    defaultModels: ['gemini-3.8-flash', 'gemini-3.5-flash-lite'],
    environment: variables('GEMINI'),
  },
  // https://docs.mistral.ai/api/ ; refuses stream_options: https://github.com/avante-corp/avante.nvim/issues/2347
  {
    id: 'mistral',
    name: 'Mistral AI',
    baseUrl: 'https://api.mistral.ai/v1',
    credential: bearer,
    requestHeaders: [],
    operations: ['chat', 'embedding'],
    streamUsage: 'always',
    defaultModels: ['mistral-medium-latest', 'mistral-small-latest', 'mistral-embed'],
    environment: variables('MISTRAL'),
  },
  // https://api-docs.deepseek.com/quick_start/pricing
  {
    id: 'deepseek',
    name: 'DeepSeek',
    baseUrl: 'https://api.deepseek.com',
    credential: bearer,
    requestHeaders: [],
    operations: ['chat'],
    streamUsage: 'stream_options',
    defaultModels: ['deepseek-flash', 'deepseek-v4-pro'],
    environment: variables('DEEPSEEK'),
  },
  // https://docs.x.ai/developers/introduction and https://docs.x.ai/developers/models
  {
    id: 'xai',
    name: 'xAI',
    baseUrl: 'https://api.x.ai/v1',
    credential: bearer,
    requestHeaders: [],
    operations: ['chat'],
    streamUsage: 'stream_options',
    defaultModels: ['grok-4.5', 'grok-4.3'],
    environment: variables('XAI'),
  },
  // https://openrouter.ai/docs/api_reference/streaming , …/api_reference/embeddings and https://openrouter.ai/docs/app-attribution
  {
    id: 'openrouter',
    name: 'OpenRouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    credential: bearer,
    requestHeaders: ['http-referer', 'x-openrouter-title', 'x-title'],
    operations: ['chat', 'completion', 'embedding'],
    streamUsage: 'stream_options',
    listing: { keyPath: '/key' },
    defaultModels: ['openrouter/auto'],
    environment: variables('OPENROUTER'),
  },
  // https://docs.together.ai/docs/inference/openai-compatibility and …/docs/inference/recommended-models
  {
    id: 'together',
    name: 'Together AI',
    baseUrl: 'https://api.together.ai/v1',
    credential: bearer,
    requestHeaders: [],
    operations: ['chat', 'completion', 'embedding'],
    streamUsage: 'stream_options',
    defaultModels: ['moonshotai/Kimi-K2.5', 'openai/gpt-oss-120b'],
    environment: variables('TOGETHER'),
  },
  // https://docs.fireworks.ai/tools-sdks/openai-compatibility and https://docs.fireworks.ai/guides/querying-text-models
  {
    id: 'fireworks',
    name: 'Fireworks AI',
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    credential: bearer,
    requestHeaders: [],
    operations: ['chat', 'completion', 'embedding'],
    streamUsage: 'stream_options',
    defaultModels: ['accounts/fireworks/models/deepseek-v4-pro', 'accounts/fireworks/models/kimi-k3'],
    environment: variables('FIREWORKS'),
  },
  // https://inference-docs.cerebras.ai/capabilities/streaming and https://inference-docs.cerebras.ai/support/deprecation
  {
    id: 'cerebras',
    name: 'Cerebras',
    baseUrl: 'https://api.cerebras.ai/v1',
    credential: bearer,
    requestHeaders: [],
    operations: ['chat', 'completion'],
    streamUsage: 'stream_options',
    defaultModels: ['gpt-oss-120b'],
    environment: variables('CEREBRAS'),
  },
  // https://docs.perplexity.ai/docs/sonar/openai-compatibility ; announced as supported until 2026-09-27
  {
    id: 'perplexity',
    name: 'Perplexity',
    baseUrl: 'https://api.perplexity.ai',
    credential: bearer,
    requestHeaders: [],
    operations: ['chat'],
    streamUsage: 'always',
    listing: { none: true },
    defaultModels: ['sonar', 'sonar-pro'],
    environment: variables('PERPLEXITY'),
  },
  // https://docs.ollama.com/api/openai-compatibility: http://<host>:11434/v1
  {
    id: 'ollama',
    name: 'Ollama',
    baseUrl: null,
    credential: optionalBearer,
    requestHeaders: [],
    operations: ['chat', 'completion', 'embedding'],
    streamUsage: 'stream_options',
    defaultModels: [],
    environment: null,
  },
  // https://docs.vllm.ai/en/latest/serving/openai_compatible_server/: http://<host>:8000/v1
  {
    id: 'vllm',
    name: 'vLLM',
    baseUrl: null,
    credential: optionalBearer,
    requestHeaders: [],
    operations: ['chat', 'completion', 'embedding'],
    streamUsage: 'stream_options',
    defaultModels: [],
    environment: null,
  },
  // https://developers.openai.com/api/reference, whoever serves it
  {
    id: 'openai-compatible',
    name: 'OpenAI-compatible',
    baseUrl: null,
    credential: optionalBearer,
    requestHeaders: ['openai-beta', 'idempotency-key'],
    operations: ['chat', 'completion', 'embedding'],
    streamUsage: 'stream_options',
    defaultModels: [],
    environment: null,
  },
  // docs/reference/demo-provider.md
  {
    id: 'demo',
    name: 'Demo',
    baseUrl: null,
    credential: optionalBearer,
    requestHeaders: [],
    operations: ['chat', 'completion', 'embedding'],
    streamUsage: 'stream_options',
    defaultModels: ['demo'],
    environment: null,
  },
]

/** The provider table, by id. */
export const presets: ReadonlyMap<string, Preset> = new Map(table.map((preset) => [preset.id, preset]))
