import OpenAI from 'openai'
import { beforeAll, expect, test } from 'vitest'
import { type RunningProduct, startProduct } from '../start-product.ts'
import { observePython, pythonFolder } from './behaviour/observe-python.ts'
import { pythonEnvironment } from './python-environment.ts'

const LARGE = 'x'.repeat(4 * 1024 * 1024)
const TIMES = 20

let product: RunningProduct
beforeAll(async () => {
  product = await startProduct({ env: { MAX_BODY_MB: '1' } })
})

test('an answer to a body that is too large arrives, however much of it the client still sends', async () => {
  const { url, apiKey = '' } = product
  const openai = new OpenAI({ apiKey, baseURL: `${url}/v1`, maxRetries: 0 })
  const body = { model: 'demo', messages: [{ role: 'user' as const, content: LARGE }] }
  const outcomes: unknown[] = []
  for (let count = 0; count < TIMES; count++)
    outcomes.push(await openai.chat.completions.create(body).catch(({ status }) => status))
  expect(outcomes).toEqual(outcomes.map(() => 413))
})

test("Python's asynchronous client is told of a body that is too large", async () => {
  const { url, apiKey = '' } = product
  const python = await pythonEnvironment(`${pythonFolder}requirements.txt`)
  const common = { baseURL: `${url}/v1`, apiKey, model: 'demo', stream: true, path: null, headers: {}, before: 0 }
  const question = { ...common, mark: 'large', occupant: null, maxRetries: 0, body: { padding: LARGE } }
  const [seen] = await Promise.all(observePython(python, [question]))
  expect(seen?.error).toMatchObject({ kind: 'APIStatusError', status: 413 })
})
