import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateApiKey, startDemoServer } from '@vm-x/gateway'
import { type RunningProduct, startProduct, temporaryDirectory } from '../start-product.ts'
import {
  AIMOCK_EMBEDDING,
  AIMOCK_FAULTS,
  AIMOCK_IMAGE_TEXT,
  AIMOCK_TEXT,
  AIMOCK_USAGE,
  startAimock,
} from './aimock-upstream.ts'

/** A started product and what its upstream answers to what is asked. */
export type World = {
  readonly product: RunningProduct
  readonly apiKey: string
  /** The name of a model that answers everything. */
  readonly model: string
  /** Its stream begins at once and then takes minutes. */
  readonly slowModel: string
  /** Its stream breaks after some of the text. */
  readonly cutModel: string
  /** Its first target fails before it answers, its second one answers as `model` does. */
  readonly fallbackModel: string
  readonly models: readonly string[]
  readonly text: (prompt: string) => string
  readonly imageText: string
  readonly embeddingLength: number
  readonly usage: (prompt: string) => { prompt_tokens: number; completion_tokens: number; total_tokens: number }
  /** Everything secret that was used here, by name. */
  readonly secrets: Readonly<Record<string, string>>
}

/** The product as `npm start` begins it, on its demo provider. */
export async function demoWorld(): Promise<World> {
  const product = await startProduct({ by: 'npm', env: { LOG_LEVEL: 'debug' } })
  const { stdout } = await product.vmx(
    'api-key',
    'create',
    'e2e',
    '--resource',
    'demo',
    '--resource',
    'demo-fallback',
    '--connection',
    'demo',
  )
  const apiKey: unknown = JSON.parse(stdout).value
  if (typeof apiKey !== 'string' || product.apiKey === undefined) throw new Error('The product made no API keys')
  const text = (prompt: string) => `Hello from the demo provider, where no model is asked. You said: “${prompt}”.`
  return {
    product,
    apiKey,
    model: 'demo',
    slowModel: 'demo/demo+chunks=1000+interval=500',
    cutModel: 'demo/demo+chunks=20+interval=0+cut=6',
    fallbackModel: 'demo-fallback',
    models: ['demo', 'demo-fallback'],
    text,
    imageText: `${text('What is this?')} Images received, not looked at: 1.`,
    embeddingLength: 256,
    usage: (prompt) => usageOf(demoTokens(prompt), demoTokens(text(prompt))),
    secrets: { 'first API key': product.apiKey, 'API key of the command': apiKey },
  }
}

const demoTokens = (text: string) => Math.max(1, Math.ceil(Buffer.byteLength(text) / 4))

const usageOf = (input: number, output: number) => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
})

export type AimockWorld = World & {
  readonly upstream: Awaited<ReturnType<typeof startDemoServer>>
  readonly aimock: Awaited<ReturnType<typeof startAimock>>
  stopUpstreams(): Promise<void>
}

/** The product with a configuration file: on the emulator, and on a server whose log shows what reaches it. */
export async function aimockWorld(): Promise<AimockWorld> {
  const apiKey = generateApiKey().value
  const secrets = {
    'API key of the configuration': apiKey,
    'provider key': `sk-provider-${randomName()}`,
    'provider key of the logging server': `sk-upstream-${randomName()}`,
    'provider key that is refused': `sk-refused-${randomName()}`,
  }
  const aimock = await startAimock(secrets['provider key'])
  const upstream = await startDemoServer({ apiKey: secrets['provider key of the logging server'] })
  const file = join(temporaryDirectory(), 'vmx.yaml')
  writeFileSync(file, JSON.stringify(configuration({ aimock: `${aimock.url}/v1`, upstream: upstream.url })))
  const product = await startProduct({
    env: {
      LOG_LEVEL: 'debug',
      VMX_CONFIG: file,
      UPSTREAM_ALLOW: `${new URL(aimock.url).host},${new URL(upstream.url).host}`,
      GATEWAY_KEY: apiKey,
      AIMOCK_KEY: secrets['provider key'],
      UPSTREAM_KEY: secrets['provider key of the logging server'],
      REFUSED_KEY: secrets['provider key that is refused'],
    },
  })
  return {
    product,
    apiKey,
    aimock,
    upstream,
    secrets,
    model: 'aimock-good',
    slowModel: 'aimock-slow',
    cutModel: 'aimock-truncated',
    fallbackModel: 'aimock-drop-or-good',
    models: resources.map(({ name }) => name),
    text: () => AIMOCK_TEXT,
    imageText: AIMOCK_IMAGE_TEXT,
    embeddingLength: AIMOCK_EMBEDDING.length,
    usage: () => AIMOCK_USAGE,
    stopUpstreams: async () => {
      await aimock.stop()
      await upstream.close()
    },
  }
}

const randomName = () => crypto.randomUUID().replaceAll('-', '')

const answering = ['good', 'slow', 'late']
const failing = [...Object.keys(AIMOCK_FAULTS), 'error-400', 'error-401', 'error-500', 'error-503']
const good = { connection: 'aimock', model: 'good' }
const resources = [
  ...[...answering, ...failing].map((model) => ({ name: `aimock-${model}`, model: { connection: 'aimock', model } })),
  ...failing.map((model) => ({
    name: `aimock-${model}-or-good`,
    model: { connection: 'aimock', model },
    fallback: { models: [good] },
  })),
  { name: 'refused', model: { connection: 'refused', model: 'good' } },
  { name: 'refused-or-good', model: { connection: 'refused', model: 'good' }, fallback: { models: [good] } },
]

function configuration({ aimock, upstream }: { aimock: string; upstream: string }): object {
  const provider = 'openai-compatible'
  const connections = [
    { name: 'aimock', provider, baseUrl: aimock, apiKey: '$' + '{AIMOCK_KEY}' },
    { name: 'refused', provider, baseUrl: aimock, apiKey: '$' + '{REFUSED_KEY}' },
    { name: 'upstream', provider, baseUrl: upstream, apiKey: '$' + '{UPSTREAM_KEY}' },
  ]
  const apiKeys = [{ name: 'e2e', value: '$' + '{GATEWAY_KEY}', connections: ['aimock', 'upstream'] }]
  return { workspaces: [{ name: 'default', environments: [{ name: 'default', connections, resources, apiKeys }] }] }
}
