import { hash } from 'node:crypto'
import { tokens } from './demo-answers.ts'
import { BadRequest, type Fields } from './demo-request.ts'

/** The body of an embeddings answer: one unit vector per input, always the same for the same input. */
export function answerEmbeddings(body: Fields, modelName: string, reportUsage: boolean): object {
  const inputs = readInputs(body.input)
  const dimensions = readDimensions(body.dimensions)
  const base64 = body.encoding_format === 'base64'
  const data = inputs.map((input, index) => {
    const vector = unitVector(input, dimensions)
    const embedding = base64 ? littleEndian(vector).toString('base64') : [...vector]
    return { object: 'embedding', index, embedding }
  })
  const count = inputs.reduce((sum, input) => sum + (typeof input === 'string' ? tokens(input) : input.length), 0)
  const usage = { prompt_tokens: count, total_tokens: count }
  return { object: 'list', data, model: modelName, ...(reportUsage ? { usage } : {}) }
}

const USUAL_DIMENSIONS = 256
const MOST_DIMENSIONS = 4096
const MOST_INPUTS = 2048

/** A text, or the tokens of one. */
type Input = string | readonly number[]

function readInputs(input: unknown): Input[] {
  if (isInput(input)) return [input]
  if (Array.isArray(input) && input.length > 0 && input.length <= MOST_INPUTS && input.every(isInput)) return input
  throw new BadRequest(
    `'input' must be a text, tokens, or a list of at most ${MOST_INPUTS} of them; none empty`,
    'input',
  )
}

const isInput = (value: unknown): value is Input =>
  typeof value === 'string'
    ? value !== ''
    : Array.isArray(value) && value.length > 0 && value.every((token) => Number.isInteger(token))

function readDimensions(value: unknown): number {
  if (value === undefined || value === null) return USUAL_DIMENSIONS
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MOST_DIMENSIONS) return value
  throw new BadRequest(`'dimensions' must be a whole number from 1 to ${MOST_DIMENSIONS}`, 'dimensions')
}

function unitVector(input: Input, dimensions: number): Float32Array {
  let state = Number.parseInt(hash('sha256', JSON.stringify(input)).slice(0, 8), 16) || 1
  const vector = new Float32Array(dimensions)
  let squares = 0
  for (let i = 0; i < dimensions; i++) {
    state = xorshift32(state)
    const value = state / 2 ** 31
    vector[i] = value
    squares += value * value
  }
  const length = Math.sqrt(squares)
  return vector.map((value) => value / length)
}

/** Marsaglia's 32-bit xorshift: never 0 for a state that is not 0. */
function xorshift32(state: number): number {
  let next = state ^ (state << 13)
  next ^= next >>> 17
  return next ^ (next << 5)
}

function littleEndian(vector: Float32Array): Buffer {
  const bytes = Buffer.alloc(vector.length * 4)
  vector.forEach((value, index) => {
    bytes.writeFloatLE(value, index * 4)
  })
  return bytes
}
