import type { Target } from '../catalog/snapshot.ts'
import { GatewayError } from '../errors.ts'
import type { Usage } from '../ledger/exchange-record.ts'
import type { RequestSize } from '../wire/openai/tokens.ts'

/** Tokens that a request is expected to use. */
export type Estimate = {
  readonly input: number
  /** Of all choices. */
  readonly output: number
  /** What to reserve of output: the most it can be where that is known, until enough answers are. */
  readonly reservedOutput: number
}

/** Learns from what providers report how many tokens requests use. Bounded memory, no tokenizer. */
export class Estimates {
  /** By target: mean text bytes and the tokens that they were. */
  readonly #inputs = new Map<string, Learned & { bytes: number; tokens: number }>()
  /** By resource, or by target where one is called directly: mean output of one choice. */
  readonly #outputs = new Map<string, Learned & { tokens: number }>()
  #reports = 0
  #errors = 0

  expectedInput(targetKey: string, { textBytes, otherTokens }: RequestSize): number {
    const learned = this.#inputs.get(targetKey)
    const bytesPerToken = learned ? learned.bytes / learned.tokens : USUAL_BYTES_PER_TOKEN
    return Math.ceil(textBytes / bytesPerToken) + otherTokens
  }

  /** @param outputKey what answers of the same kind go by: the resource, or the target */
  expect(target: Target, outputKey: string, size: RequestSize): Estimate {
    const input = this.expectedInput(target.key, size)
    const bound = outputBound(target, size)
    const learned = this.#outputs.get(outputKey)
    const known = learned !== undefined && learned.answers >= ENOUGH_ANSWERS
    const usual = known ? Math.ceil(learned.tokens) : USUAL_OUTPUT_TOKENS
    const output = Math.min(usual, bound ?? usual) * size.choices
    return { input, output, reservedOutput: known ? output : (bound ?? usual) * size.choices }
  }

  /** Learns from one answer. @param estimate what it was expected to use */
  learn(target: Target, outputKey: string, size: RequestSize, estimate: Estimate, reported: Usage): void {
    const textTokens = reported.input - size.otherTokens
    if (textTokens > 0 && size.textBytes > 0) this.#learnInput(target.key, size.textBytes, textTokens)
    if (size.outputLimit !== 0) this.#learnOutput(outputKey, reported.output / size.choices)
    const used = reported.input + reported.output
    if (used <= 0) return
    this.#reports++
    this.#errors += Math.abs(estimate.input + estimate.output - used) / used
  }

  /** Mean of |expected − reported| ÷ reported since the process began; undefined before the first report. */
  meanError(): number | undefined {
    return this.#reports === 0 ? undefined : this.#errors / this.#reports
  }

  #learnInput(key: string, bytes: number, tokens: number): void {
    const learned = this.#inputs.get(key)
    if (!learned) return remember(this.#inputs, key, { answers: 1, bytes, tokens })
    const weight = weightOf(learned)
    learned.bytes += (bytes - learned.bytes) * weight
    learned.tokens += (tokens - learned.tokens) * weight
  }

  #learnOutput(key: string, tokens: number): void {
    const learned = this.#outputs.get(key)
    if (!learned) return remember(this.#outputs, key, { answers: 1, tokens })
    learned.tokens += (tokens - learned.tokens) * weightOf(learned)
  }
}

/**
 * The most tokens that a request can use: one for each byte of text, the provider's own additions, and the longest
 * answer. Throws `unsupported_parameter` where no answer is the longest.
 */
export function ceilingTokens(target: Target, size: RequestSize): number {
  const bound = outputBound(target, size)
  if (bound === undefined) {
    throw new GatewayError(
      'unsupported_parameter',
      "A limit here reserves the most that a request can use: set 'max_tokens' or 'max_completion_tokens' (or have 'maxOutputTokens' of the model configured)",
      { param: 'max_tokens' },
    )
  }
  return size.textBytes + size.otherTokens + INPUT_OVERHEAD_TOKENS + bound * size.choices
}

/** Of one choice. */
const outputBound = ({ about }: Target, { outputLimit }: RequestSize): number | undefined =>
  outputLimit ?? about.maxOutputTokens ?? undefined

type Learned = { answers: number }

/** The plain mean of the first answers, then a moving average. */
function weightOf(learned: Learned): number {
  learned.answers++
  return Math.max(1 / learned.answers, MOVING_WEIGHT)
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.set(key, value)
  if (map.size <= MOST_LEARNED) return
  const oldest = map.keys().next()
  if (!oldest.done) map.delete(oldest.value)
}

/** Mean of English text and JSON, until a target's own is known. */
const USUAL_BYTES_PER_TOKEN = 4
const USUAL_OUTPUT_TOKENS = 512
const ENOUGH_ANSWERS = 10
const MOVING_WEIGHT = 0.05
/** Ours: what templates of providers add to a conversation beyond the bytes of its JSON. */
const INPUT_OVERHEAD_TOKENS = 64
/** Models that are called directly have names that clients choose. */
const MOST_LEARNED = 10_000
