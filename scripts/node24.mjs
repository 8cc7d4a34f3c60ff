import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** A Node of version 24 or newer: the one that runs this, else the one that the installed packages bring. */
export function node24() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const binary = process.platform === 'win32' ? 'node.exe' : 'node'
  for (const name of [`node-${platform}`, `node-bin-${platform}`]) {
    const path = join(root, 'node_modules', name, 'bin', binary)
    if (existsSync(path)) return path
  }
  throw new Error(
    `VM-X AI needs Node 24 or newer; this is ${process.version}, and no package brings one for ${platform}. Install Node 24 and try again.`,
  )
}
