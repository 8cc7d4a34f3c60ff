import { parentPort, workerData } from 'node:worker_threads'
import { type Counts, type Group, type JournalFile, openJournalFile } from './journal-file.ts'

/** What the thread is started with. */
export type WorkerSettings = { readonly dir: string; readonly name: string }

export type ToWorker =
  | { kind: 'write'; group: Group }
  | { kind: 'read'; question: number; seq: number; limit: number }
  | { kind: 'orphans'; question: number }
  | { kind: 'close' }

/** Answers come in the order of the messages; those to a `write` are `written` or `unwritten`. */
export type FromWorker =
  | { kind: 'opened'; counts: Counts }
  | { kind: 'refused'; reason: string }
  | { kind: 'written'; counts: Counts }
  | { kind: 'unwritten'; reason: string }
  | { kind: 'answered'; question: number; firstSeq: number; texts: string[] }
  | { kind: 'unanswered'; question: number; reason: string }

const serve = (file: JournalFile): void => {
  parentPort?.on('message', (message: ToWorker) => {
    if (message.kind === 'write') answer(written(file, message.group))
    else if (message.kind !== 'close') answer(found(file, message))
    else {
      file.close()
      parentPort?.close()
    }
  })
}

const written = (file: JournalFile, group: Group): FromWorker => {
  try {
    file.write(group)
    return { kind: 'written', counts: file.counts() }
  } catch (error) {
    return { kind: 'unwritten', reason: reasonOf(error) }
  }
}

const found = (file: JournalFile, message: Extract<ToWorker, { question: number }>): FromWorker => {
  const { question } = message
  try {
    if (message.kind === 'orphans') return { kind: 'answered', question, firstSeq: 0, texts: file.orphans() }
    return { kind: 'answered', question, ...file.read(message.seq, message.limit) }
  } catch (error) {
    return { kind: 'unanswered', question, reason: reasonOf(error) }
  }
}

const answer = (message: FromWorker): void => parentPort?.postMessage(message)

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

try {
  const { dir, name }: WorkerSettings = workerData
  const file = openJournalFile(dir, name)
  serve(file)
  answer({ kind: 'opened', counts: file.counts() })
} catch (error) {
  answer({ kind: 'refused', reason: reasonOf(error) })
}
