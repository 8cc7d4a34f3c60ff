import { setImmediate } from 'node:timers/promises'
import { openFileJournal } from './file-journal.ts'

/** A process to be killed: writes to the journal in `argv[2]` for ever and reports each promise that was kept. */
const [, , dir = '', name = ''] = process.argv

const report = (line: string) => process.stdout.write(`${line}\n`)

const exchange = async (id: string, index: number) => {
  const text = (stage: string) => `${id} ${stage} ${'x'.repeat((index * 97) % 3000)}`
  await journal.open(id, text('noted'))
  report(`noted ${id}`)
  if (index % 10 === 0) return
  for (let turn = index % 7; turn > 0; turn--) await setImmediate()
  await journal.append(id, text('ended'))
  report(`ended ${id}`)
}

const worker = async (lane: number) => {
  for (let index = 0; ; index++) await exchange(`${name}-${lane}-${index}`, index)
}

report('starting')
const clock = { now: () => Date.now(), monotonicMs: () => performance.now() }
const journal = openFileJournal({ dir, maxBytes: 1e9, sinks: ['audit'], clock })
report('opened')
await Promise.all(Array.from({ length: 20 }, (_, lane) => worker(lane)))
