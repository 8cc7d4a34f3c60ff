import { setTimeout as wait } from 'node:timers/promises'

export type Readiness = {
  status: string
  journal: { depth: number; bytes: number; oldestAgeMs: number; setAside: number; full: boolean }
  audit: { protected: boolean; reason: string }
}

/** What `/health/ready` says. */
export async function readiness(url: string): Promise<{ status: number; body: Readiness }> {
  const response = await fetch(`${url}/health/ready`)
  const body: Readiness = JSON.parse(await response.text())
  return { status: response.status, body }
}

/** Resolves once every record has reached the stores. */
export async function shipped(url: string): Promise<void> {
  while ((await readiness(url)).body.journal.depth > 0) await wait(25)
}
