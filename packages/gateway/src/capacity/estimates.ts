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
  /**
   * What would be expected if nothing had been learned, or less: a limit with less room than this never has enough. What
   * was learned alone must not keep requests out for good, for then nothing could correct it.
   */
  readonly least: number
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

  expectedInput({ key, connection, invented }: Target, { textBytes, otherTokens }: RequestSize): number {
    this.inputs.use(connection.workspaceId, key, invented)
    const sums = this.inputs.sums(key)
    const [bytes, tokens] = [sums?.[1] ?? 0, sums?.[2] ?? 0]
    // Others may have learned it from what is not bounded here.
    const bytesPerToken = tokens > 0 ? Math.max(LEAST_BYTES_PER_TOKEN, bytes / tokens) : USUAL_BYTES_PER_TOKEN
    return Math.ceil(textBytes / bytesPerToken) + otherTokens
  }

  /** @param outputKey what answers of the same kind go by: the resource, or the target */
  expect(target: Target, outputKey: string, size: RequestSize): Estimate {
    const input = this.expectedInput(target, size)
    const bound = outputBound(target, size)
    this.outputs.use(target.connection.workspaceId, outputKey, target.invented)
    const sums = this.outputs.sums(outputKey)
    const [answers, tokens] = [sums?.[0] ?? 0, sums?.[1] ?? 0]
    const known = answers >= ENOUGH_ANSWERS
    const usual = known ? Math.ceil(tokens / answers) : USUAL_OUTPUT_TOKENS
    const output = Math.min(usual, bound ?? usual) * size.choices
    const leastInput = Math.min(input, Math.ceil(size.textBytes / USUAL_BYTES_PER_TOKEN) + size.otherTokens)
    const least = leastInput + Math.min(output, USUAL_OUTPUT_TOKENS * size.choices)
    return { input, output, reservedOutput: known ? output : (bound ?? usual) * size.choices, least }
  }

  learn(answer: ReportedAnswer): void {
    const { target, outputKey, size, reported } = answer
    const { invented } = target
    const { workspaceId } = target.connection
    const nowMs = this.#clock.now()
    const textTokens = Math.min(reported.input - size.otherTokens, size.textBytes / LEAST_BYTES_PER_TOKEN)
    if (textTokens > 0 && size.textBytes > 0 && size.guessedPart === undefined) {
      const part = Math.min(1, MOST_TAUGHT_BYTES / size.textBytes)
      this.inputs.add(workspaceId, target.key, [1, size.textBytes * part, textTokens * part], nowMs, invented)
    }
    if (size.outputLimit !== 0)
      this.outputs.add(workspaceId, outputKey, [1, this.#taughtOutput(answer)], nowMs, invented)
    this.errors.add(answer)
  }

  /** Of one choice: no more than it can have been, nor than a multiple of what is usual: no answer makes the mean alone. */
  #taughtOutput({ target, outputKey, size, reported }: ReportedAnswer): number {
    const [answers = 0, tokens = 0] = this.outputs.sums(outputKey) ?? []
    const usual = Math.max(USUAL_OUTPUT_TOKENS, answers > 0 ? tokens / answers : 0)
    const most = outputBound(target, size) ?? LONGEST_OUTPUT_TOKENS
    return Math.min(reported.output / size.choices, most, usual * MOST_TAUGHT_TIMES)
  }
}

/**
 * The most tokens that a request can use: one for each byte of text, the provider's own additions, and the longest
 * answer. Throws `unsupported_parameter` where no answer is the longest, and for parts that are not text: how many tokens
 * an image, a recording or a document is does not follow from its bytes.
 */
export function ceilingTokens(target: Target, size: RequestSize): number {
  if (size.guessedPart !== undefined) {
    throw new GatewayError(
      'unsupported_parameter',
      `A limit here reserves the most that a request can use, which is known of text only: '${size.guessedPart}' has no bound`,
      { param: size.guessedPart },
    )
  }
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
/** What {@link ceilingTokens} takes for the most. */
const LEAST_BYTES_PER_TOKEN = 1
/** A longer text teaches as much as one of this length. */
const MOST_TAUGHT_BYTES = 65_536
const USUAL_OUTPUT_TOKENS = 512
const MOST_TAUGHT_TIMES = 10
/** Models that answer with more are none yet. */
const LONGEST_OUTPUT_TOKENS = 262_144
const ENOUGH_ANSWERS = 10
/** Ours: what templates of providers add to a conversation beyond the bytes of its JSON. */
const INPUT_OVERHEAD_TOKENS = 64
