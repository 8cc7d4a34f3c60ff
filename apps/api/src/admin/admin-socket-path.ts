import { join, relative } from 'node:path'

/** Where the running process listens for its operator: a path as short as can be, since sockets bear no long ones. */
export function adminSocketPath(dataDir: string): string {
  const path = join(dataDir, 'vmx.sock')
  const fromHere = relative(process.cwd(), path)
  return fromHere.length < path.length ? fromHere : path
}

/** In bytes. */
export const LONGEST_SOCKET_PATH = process.platform === 'linux' ? 107 : 103
