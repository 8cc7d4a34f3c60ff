import { request } from 'node:http'
import { join, relative } from 'node:path'
import { json } from 'node:stream/consumers'
import { z } from 'zod'
import type { RunningProduct } from '../start-product.ts'

const attempt = z.looseObject({
  connection: z.string(),
  outcome: z.string(),
  sent: z.boolean(),
  fault: z.string().optional(),
  probe: z.boolean().optional(),
  malformedEvents: z.number().optional(),
})

const page = z.object({
  records: z.array(
    z.looseObject({
      id: z.string(),
      outcome: z.string(),
      status: z.number(),
      durationMs: z.number(),
      requestedModel: z.string().optional(),
      usage: z.looseObject({ input: z.number(), output: z.number(), source: z.string() }).optional(),
      model: z.string().optional(),
      decision: z.looseObject({ attempts: z.array(attempt) }),
    }),
  ),
  next: z.string().optional(),
})

export type AuditRecord = z.infer<typeof page>['records'][number]

/** Every record that `vmx audit list` shows, page after page, and all that the command wrote. */
export async function auditRecords(
  product: RunningProduct,
  pageSize = 150,
): Promise<{ records: AuditRecord[]; output: string }> {
  const records: AuditRecord[] = []
  let output = ''
  let cursor: string[] = []
  for (;;) {
    const { stdout, stderr, code } = await product.vmx(
      'audit',
      'list',
      '--json',
      '--limit',
      String(pageSize),
      ...cursor,
    )
    if (code !== 0) throw new Error(`vmx audit list: ${stderr}`)
    output += stdout + stderr
    const { records: found, next } = page.parse(JSON.parse(stdout))
    records.push(...found)
    if (next === undefined) return { records, output }
    cursor = ['--cursor', next]
  }
}

/**
 * What `vmx audit show` shows of a request, asked for where the command asks: the tests of the command start it, and
 * a process each time is what most tests that wait for a record would spend their time on.
 */
export function auditRecord({ dataDir }: RunningProduct, requestId: string): Promise<unknown> {
  const path = join(dataDir, 'vmx.sock')
  const fromHere = relative(process.cwd(), path)
  const socketPath = fromHere.length < path.length ? fromHere : path
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, path: `/audit/${encodeURIComponent(requestId)}` }, (response) =>
      resolve(json(response)),
    )
    call.on('error', reject)
    call.end()
  })
}
