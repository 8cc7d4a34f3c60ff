import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { type Observation, observation, type Question } from './observation.ts'

export const pythonFolder = fileURLToPath(new URL('../openai_python/', import.meta.url))

const line = z.object({ mark: z.string(), observation: observation.optional(), failure: z.string().optional() })

/** Asks all of them at once with Python's `openai` package; each promise is for the question of the same place. */
export function observePython(python: string, questions: readonly Question[]): Promise<Observation>[] {
  const child = spawn(python, [`${pythonFolder}observe.py`], {
    env: { PATH: process.env.PATH },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const waiting = new Map(questions.map(({ mark }) => [mark, Promise.withResolvers<Observation>()]))
  createInterface({ input: child.stdout }).on('line', (told) => {
    const { mark, observation: seen, failure } = line.parse(JSON.parse(told))
    if (seen) waiting.get(mark)?.resolve(seen)
    else waiting.get(mark)?.reject(new Error(failure))
  })
  const ended = Promise.all([text(child.stderr), once(child, 'close')])
  void ended.then(([stderr, [code]]) => {
    for (const { reject } of waiting.values()) reject(new Error(`observe.py ended with code ${code}:\n${stderr}`))
  })
  child.stdin.end(questions.map((question) => `${JSON.stringify(question)}\n`).join(''))
  return [...waiting.values()].map(({ promise }) => promise)
}
