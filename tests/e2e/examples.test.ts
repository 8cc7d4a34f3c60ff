import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, it } from 'vitest'
import { type RunningProduct, repositoryRoot, startProduct } from '../start-product.ts'
import { pythonEnvironment } from './python-environment.ts'

const run = promisify(execFile)
const examples = join(repositoryRoot, 'examples')

let product: RunningProduct
let python: string
beforeAll(async () => {
  product = await startProduct()
  python = await pythonEnvironment(join(import.meta.dirname, 'openai_python/requirements.txt'))
})

const EXAMPLES: readonly (readonly [file: string, program: () => string])[] = [
  ['openai-node/chat.mjs', () => process.execPath],
  ['openai-node/stream.mjs', () => process.execPath],
  ['openai-python/chat.py', () => python],
  ['openai-python/stream.py', () => python],
  ['curl/chat.sh', () => 'sh'],
  ['curl/stream.sh', () => 'sh'],
]

it.each(EXAMPLES)('the example %s prints an answer as it stands', async (file, program) => {
  const { stdout } = await run(program(), [join(examples, file)], {
    env: { ...process.env, VMX_BASE_URL: `${product.url}/v1`, VMX_API_KEY: product.apiKey },
  })
  // A stream of curl holds the words one by one.
  expect(stdout.replace(/data: .*?"content":"(.*?)".*\n\n/g, '$1')).toContain('demo provider')
})
