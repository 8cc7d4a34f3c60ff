import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { z } from 'zod'

export type Secrets = Readonly<Record<string, string | Buffer>>

/** Which of the secrets stands where, as it is or in a common encoding; empty when none does. Names, never values. */
export function findSecrets(secrets: Secrets, places: Readonly<Record<string, string | Buffer>>): string[] {
  const texts = Object.entries(places).map(([place, text]) => [place, Buffer.from(text)] as const)
  return Object.entries(secrets).flatMap(([name, secret]) => {
    const bytes = Buffer.from(secret)
    if (bytes.length < SHORTEST) throw new Error(`${name} is too short to be searched for`)
    const forms = [
      bytes,
      bytes.toString('base64').replace(/=+$/, ''),
      bytes.toString('base64url'),
      bytes.toString('hex'),
    ]
    return texts
      .filter(([, text]) => forms.some((form) => text.includes(form)))
      .map(([place]) => `${name} is in ${place}`)
  })
}

const SHORTEST = 12

/** The vault's keys out of the file that holds them. */
export function vaultKeys(dataDir: string): Secrets {
  const { keys } = z
    .object({ keys: z.array(z.object({ key: z.string() })).min(1) })
    .parse(JSON.parse(readFileSync(join(dataDir, VAULT_KEY_FILE), 'utf8')))
  return Object.fromEntries(keys.map(({ key }, index) => [`vault key ${index + 1}`, Buffer.from(key, 'base64')]))
}

/** Every file below a data directory, by path, but the one that holds the vault's keys. */
export function dataFiles(dataDir: string): Record<string, Buffer> {
  const files = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = files.map((file) => relative(dataDir, join(file.parentPath, file.name)))
  return Object.fromEntries(
    paths.filter((path) => path !== VAULT_KEY_FILE).map((path) => [path, readFileSync(join(dataDir, path))]),
  )
}

const VAULT_KEY_FILE = 'key'
