import { DISCOVERED_MS, type Learned, type TargetNews } from '@vm-x/gateway'

/** As the script answers it; undefined where nothing is known, or what is there can't be read. */
export function readLearned(text: unknown, width: number): Learned | undefined {
  if (typeof text !== 'string' || text === '') return undefined
  const [ageMs = Number.NaN, ...sums] = text.split(' ').map(Number)
  return sums.length === width && [ageMs, ...sums].every(isAmount) ? { ageMs, sums } : undefined
}

/** As the script answers it: how long the limits are kept, how long the hold lasts, and the limits. */
export function readTarget(workspaceId: string, targetKey: string, text: unknown): TargetNews | undefined {
  if (typeof text !== 'string' || text === '') return undefined
  const [keptMs = '', heldMs = '', requests = '', tokens = ''] = text.split(' ')
  const ageMs = Math.max(0, DISCOVERED_MS - Number(keptMs))
  const limits = { requests: readLimit(requests), tokens: readLimit(tokens) }
  return newsOf(workspaceId, targetKey, hasLimit(limits) ? { ...limits, ageMs } : undefined, readHold(Number(heldMs)))
}

/** As it is published. */
export const writeNews = ({ workspaceId, targetKey, discovered, holdMs }: TargetNews): string =>
  JSON.stringify({ workspaceId, targetKey, discovered, holdMs })

/** Undefined for what no replica of this version publishes. */
export function readNews(message: string): TargetNews | undefined {
  const news = parsed(message)
  if (!isRecord(news)) return undefined
  const { workspaceId, targetKey, discovered, holdMs } = news
  if (typeof workspaceId !== 'string' || typeof targetKey !== 'string') return undefined
  const told = isRecord(discovered) ? discovered : {}
  const limits = { requests: limitOf(told['requests']), tokens: limitOf(told['tokens']) }
  const ageMs = isAmount(told['ageMs']) ? told['ageMs'] : 0
  return newsOf(workspaceId, targetKey, hasLimit(limits) ? { ...limits, ageMs } : undefined, readHold(holdMs))
}

function newsOf(
  workspaceId: string,
  targetKey: string,
  discovered: TargetNews['discovered'],
  holdMs: number | undefined,
): TargetNews | undefined {
  if (!discovered && holdMs === undefined) return undefined
  return { workspaceId, targetKey, ...(discovered && { discovered }), ...(holdMs !== undefined && { holdMs }) }
}

const hasLimit = ({ requests, tokens }: { requests: number | undefined; tokens: number | undefined }) =>
  requests !== undefined || tokens !== undefined

const readLimit = (text: string) => (text === '' ? undefined : limitOf(Number(text)))

const limitOf = (value: unknown) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined

const readHold = (value: unknown) => (isAmount(value) && value > 0 ? value : undefined)

const isAmount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function parsed(message: string): unknown {
  try {
    return JSON.parse(message)
  } catch {
    return undefined
  }
}
