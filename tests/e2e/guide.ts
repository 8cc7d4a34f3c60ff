import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { repositoryRoot } from '../start-product.ts'

export type Guide = {
  /** The names that the first block gives values to, for the reader to replace. */
  readonly given: readonly string[]
  /** The blocks after it, by the heading that they are under, in order. */
  readonly blocks: readonly { readonly heading: string; readonly commands: string }[]
}

/** The commands of a page below `docs`. */
export function readGuide(page: string): Guide {
  let heading = ''
  const blocks: { heading: string; commands: string }[] = []
  for (const [, title, commands] of readFileSync(join(repositoryRoot, 'docs', page), 'utf8').matchAll(PARTS)) {
    if (title !== undefined) heading = title
    else if (commands !== undefined) blocks.push({ heading, commands })
  }
  const [first, ...rest] = blocks
  const given = [...(first?.commands ?? '').matchAll(/^(\w+)=/gm)].flatMap(([, name]) => name ?? [])
  return { given, blocks: rest }
}

const PARTS = /^###? ([^\n]*)$|^```sh\n(.*?)^```$/gms

/** What each block below a heading writes. */
export async function pasteBelow(shell: Shell, guide: Guide, heading: string): Promise<string[]> {
  const blocks = guide.blocks.filter((block) => block.heading === heading)
  if (blocks.length === 0) throw new Error(`The page has no commands under ${heading}`)
  const written: string[] = []
  for (const { commands } of blocks) written.push(await shell.paste(commands))
  return written
}

/** A shell that commands are pasted into, one after the other. */
export type Shell = {
  /** What they have written; throws when they fail. */
  paste(commands: string): Promise<string>
  close(): void
}

export function openShell(cwd: string, variables: Readonly<Record<string, string>>): Shell {
  const env = { PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`, HOME: cwd, ...variables }
  const bash = spawn('bash', ['--noprofile', '--norc', '-o', 'pipefail'], { cwd, env, stdio: 'pipe' })
  let [output, errors] = ['', '']
  let pasted = 0
  bash.stderr.on('data', (piece: Buffer) => {
    errors += piece
  })
  return {
    paste: (commands) =>
      new Promise((resolve, reject) => {
        pasted += 1
        const end = new RegExp(`\nend of ${pasted}: (\\d+)\n$`)
        const take = (piece: Buffer) => {
          output += piece
          const [matched, code] = end.exec(output) ?? []
          if (matched === undefined) return
          bash.stdout.off('data', take)
          const written = output.slice(0, -matched.length)
          output = ''
          if (code === '0') resolve(written)
          else reject(new Error(`The commands failed with ${code}:\n${commands}\n${written}\n${errors}`))
        }
        bash.stdout.on('data', take)
        // The last failure counts, as a person would see it.
        const guarded = `failed=0; trap 'failed=$?' ERR\n${commands}\ntrap - ERR; printf '\\nend of ${pasted}: %s\\n' $failed\n`
        bash.stdin.write(guarded)
      }),
    close: () => void bash.kill(),
  }
}
