import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '../../start-product.ts'

export type ErrorRow = {
  readonly status: number
  readonly type: string
  readonly source: string
  readonly retry: boolean
}

/** The table of `docs/reference/errors.md`, by code: what is written there is what is expected. */
export const errorReference: ReadonlyMap<string, ErrorRow> = new Map(
  readFileSync(join(repositoryRoot, 'docs/reference/errors.md'), 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, code, status, type, source, , retry] = line.split('|').map((cell) => cell.trim().replaceAll('`', ''))
      if (!code || !status || !/^\d{3}$/.test(status)) return []
      return [
        [code, { status: Number(status), type: type ?? '', source: source ?? '', retry: retry === 'yes' }],
      ] as const
    }),
)
