import type { Target } from '../catalog/snapshot.ts'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { Usage } from '../ledger/exchange-record.ts'
import type { RequestSize } from '../wire/openai/tokens.ts'
import { EstimateErrors } from './estimate-errors.ts'
import { Lessons } from './lessons.ts'

/** Tokens that a request is expected to use. */
export type Estimate = {
  readonly input: number
  /** Of all choices. */
  readonly output: number
  /** What to reserve of output: the most it can be where that is known, until enough answers are. */
  readonly reservedOutput: number
}

/** An answer whose tokens the provider has counted, and what was thought of it before. */
export type ReportedAnswer = {
  readonly target: Target
  /** What answers of the same kind go by: the resource, or the target. */
  readonly outputKey: string
  readonly size: RequestSize
  readonly estimate: Estimate
  /** What was taken of limits for it. */
  readonly reservedTokens: number
  readonly reported: Usage
}

/** Learns from what providers report how many tokens requests use. Bounded memory, no tokenizer. */
export class Estimates {
  /** By target: the bytes of text, and the tokens that they were. */
  readonly inputs: Lessons
  /** By resource, or by target where one is called directly: the output of one choice. */
  readonly outputs: Lessons
  readonly errors: EstimateErrors
  readonly #clock: Clock

  /** @param sharing whether others are told what is learned here */
  constructor(clock: Clock, sharing = false) {
    this.#clock = clock
    this.inputs = new Lessons('input', sharing)
    this.outputs = new Lessons('output', sharing)
    this.errors = new EstimateErrors(clock, sharing)
  }

  expectedInput({ key, connection }: Target, { textBytes, otherTokens }: RequestSize): number {
    this.inputs.use(connection.workspaceId, key)
    const sums = this.inputs.sums(key)
    const [bytes, tokens] = [sums?.[1] ?? 0, sums?.[2] ?? 0]
    const bytesPerToken = tokens > 0 ? bytes / tokens : USUAL_BYTES_PER_TOKEN
    return Math.ceil(textBytes / bytesPerToken) + otherTokens
  }

  /** @param outputKey what answers of the same kind go by: the resource, or the target */
  expect(target: Target, outputKey: string, size: RequestSize): Estimate {
    const input = this.expectedInput(target, size)
    const bound = outputBound(target, size)
    this.outputs.use(target.connection.workspaceId, outputKey)
    const sums = this.outputs.sums(outputKey)
    const [answers, tokens] = [sums?.[0] ?? 0, sums?.[1] ?? 0]
    const known = answers >= ENOUGH_ANSWERS
    const usual = known ? Math.ceil(tokens / answers) : USUAL_OUTPUT_TOKENS
    const output = Math.min(usual, bound ?? usual) * size.choices
    return { input, output, reservedOutput: known ? output : (bound ?? usual) * size.choices }
  }

  learn(answer: ReportedAnswer): void {
    const { target, outputKey, size, reported } = answer
    const { workspaceId } = target.connection
    const nowMs = this.#clock.now()
    const textTokens = reported.input - size.otherTokens
    if (textTokens > 0 && size.textBytes > 0)
      this.inputs.add(workspaceId, target.key, [1, size.textBytes, textTokens], nowMs)
    if (size.outputLimit !== 0) this.outputs.add(workspaceId, outputKey, [1, reported.output / size.choices], nowMs)
    this.errors.add(answer)
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

/** Mean of English text and JSON, until a target's own is known. */
const USUAL_BYTES_PER_TOKEN = 4
const USUAL_OUTPUT_TOKENS = 512
const ENOUGH_ANSWERS = 10
/** Ours: what templates of providers add to a conversation beyond the bytes of its JSON. */
const INPUT_OVERHEAD_TOKENS = 64
