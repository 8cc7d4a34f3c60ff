import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** Where each of the secrets stands, as it is or in a common encoding; empty when none does. Names, never values. */
export function findSecrets(secrets: Readonly<Record<string, string>>, places: Readonly<Record<string, string | Buffer>>): string[] {
  return Object.entries(secrets).flatMap(([name, secret]) => {
    if (secret.length < SHORTEST) throw new Error(`${name} is too short to be searched for`)
    const bytes = Buffer.from(secret)
    const forms = [secret, bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url'), bytes.toString('hex')]
    return Object.entries(places)
      .filter(([, text]) => forms.some((form) => text.includes(form)))
      .map(([place]) => `${name} is in ${place}`)
  })
}

/** Everything below a directory but its sockets, by path; without the files that are named. */
export function filesOf(directory: string, except: readonly string[] = []): Record<string, Buffer> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = files.map((file) => relative(directory, join(file.parentPath, file.name)))
  return Object.fromEntries(paths.filter((path) => !except.includes(path)).map((path) => [path, readFileSync(join(directory, path))]))
}

const SHORTEST = 12
