import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { endAtExit } from './end-at-exit.mjs'
import { run } from './run-command.mjs'

/**
 * Installs a package of a server for its programs alone: its service is not started, so that it holds no port.
 * @returns {Promise<boolean>} false where that is not allowed (no root), not possible (no Debian), or failed
 */
export async function installDebianPackage(name) {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return false
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, maxBuffer: 64 * 1024 * 1024 }
  const allowServices = forbidServices()
  try {
    await run('apt-get', ['update'], options)
    await run('apt-get', ['install', '-y', name], options)
    return true
  } catch {
    return false
  } finally {
    allowServices()
  }
}

/** What Debian's packages ask before they start a service; one that is there already stays as it is. */
const POLICY = '/usr/sbin/policy-rc.d'

function forbidServices() {
  try {
    writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' })
  } catch {
    return () => {}
  }
  const allow = () => rmSync(POLICY, { force: true })
  const forget = endAtExit(allow)
  return () => {
    forget()
    allow()
  }
}
