import type { AuditTailPosition } from '@vm-x/gateway'

/**
 * Where a tail stands, short enough for `Last-Event-ID`: a position of the store, without the ids that it has seen. They
 * are the first `given` that the store gives from `arrived` on, unless one has become visible between them since, which
 * `digest` tells. So any process can go on, and none has to remember who has left.
 */
export type TailMark = { readonly arrived: number; readonly given: number; readonly digest: number }

/** Of a tail that has had nothing since. */
export const markOf = ({ arrived, seen }: AuditTailPosition): TailMark => ({
  arrived,
  given: seen.size,
  digest: [...seen.keys()].reduce(digested, 0),
})

/** After one more record. */
export const markAfter = ({ arrived, given, digest }: TailMark, id: string): TailMark => ({
  arrived,
  given: given + 1,
  digest: digested(digest, id),
})

/** In whichever order they came. The end of an id is random: https://www.rfc-editor.org/rfc/rfc9562#section-5.7 */
const digested = (digest: number, id: string) => (digest ^ Number.parseInt(id.slice(-8), 16)) >>> 0

export const formatMark = ({ arrived, given, digest }: TailMark): string => `${arrived}.${given}.${digest}`

/** Undefined for what none of ours says. */
export function parseMark(text: string): TailMark | undefined {
  const [, arrived, given, digest] = /^(\d{1,15})\.(\d{1,6})\.(\d{1,10})$/.exec(text) ?? []
  if (arrived === undefined) return undefined
  return { arrived: Number(arrived), given: Number(given), digest: Number(digest) }
}
