import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from './node24.mjs'

export const consoleDirectory = join(root, 'apps/ui')

/** Says what a build was made of; written when it has succeeded. */
const stamp = join(consoleDirectory, '.next/built-from')

/** All that a build is made of, as one text that changes when any of it does. */
export function consoleSources() {
  const hash = createHash('sha256')
  for (const path of sources())
    hash
      .update(`${relative(root, path)}\0`)
      .update(readFileSync(path))
      .update('\0')
  return hash.digest('hex')
}

export const isBuiltFrom = (sources) => existsSync(stamp) && readFileSync(stamp, 'utf8') === sources

export const keepBuiltFrom = (sources) => writeFileSync(stamp, sources)

export const forgetBuild = () => rmSync(stamp, { force: true })

function sources() {
  const files = ['package.json', 'package-lock.json', 'next.config.ts', 'tsconfig.json', 'build.mjs']
  const directories = ['src', 'public'].map((name) => join(consoleDirectory, name))
  return [
    ...files.map((name) => join(consoleDirectory, name)).filter(existsSync),
    ...[...directories, join(root, 'packages/contract/src')].filter(existsSync).flatMap(filesIn),
  ].sort()
}

const filesIn = (directory) =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
