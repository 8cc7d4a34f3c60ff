import 'reflect-metadata'
import { VaultError } from '@vm-x/gateway'
import {
  ConfigRejected,
  DatabaseTooNew,
  DatabaseUnreachable,
  DirectoryInUse,
  KeyFileError,
  NotMigrated,
} from '@vm-x/storage'
import { pino } from 'pino'
import { banner } from './banner.ts'
import { ConfigError, readConfig } from './config.ts'
import { startProduct } from './product.ts'

/** A process manager or npm may repeat a signal; nobody presses twice in so short a time and means it. */
const SAME_PRESS_MS = 500

const started = performance.now()
try {
  const config = readConfig(process.env)
  const log = pino({ level: config.logLevel, base: null }, pino.destination({ dest: 2, sync: true }))
  const product = await startProduct({
    config,
    env: process.env,
    log,
    progress: (step) => process.stderr.write(`• ${step} …\n`),
  })
  let closingSince: number | undefined
  const stop = (signal: string) => {
    if (closingSince !== undefined) return endAtOnce(signal, closingSince)
    closingSince = performance.now()
    const seconds = config.shutdownGraceMs / 1000
    process.stderr.write(`• ${signal}: finishing requests, for up to ${seconds} s; Ctrl-C again ends at once …\n`)
    product.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'the shutdown failed')
        process.exit(1)
      },
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal))
  // Who started this with a channel is not to be outlived.
  const stopAlone = () => stop('The end of what started it')
  process.on('disconnect', stopAlone)
  // Who reads this may send a signal at once.
  process.stdout.write(banner(product, config, performance.now() - started))
  process.send?.({ url: product.url }, undefined, undefined, (error) => error && stopAlone())
} catch (error) {
  process.stderr.write(`${explain(error)}\n`)
  process.exit(1)
}

/**
 * A person who presses Ctrl-C again does not want to wait. Who started us may pass the first one on as well, so what
 * comes right after it is the same one.
 */
function endAtOnce(signal: string, closingSince: number): void {
  if (signal !== 'SIGINT' || performance.now() - closingSince < SAME_PRESS_MS) return
  process.stderr.write('• Ended at once: requests under way are recorded as interrupted at the next start\n')
  process.exit(130)
}

/** One clear sentence for what a person can mend; the whole story for what is our fault. */
function explain(error: unknown): string {
  const known = [ConfigError, ConfigRejected, DirectoryInUse, KeyFileError, NotMigrated, DatabaseTooNew].some(
    (kind) => error instanceof kind,
  )
  if (error instanceof VaultError) return `VM-X AI could not start. ${anotherKeyFile()}`
  if (error instanceof DatabaseUnreachable) return `VM-X AI could not start. ${unreachable(error)}`
  if (error instanceof Error && (known || 'code' in error)) return `VM-X AI could not start. ${error.message}`
  return `VM-X AI could not start. ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
}

function anotherKeyFile(): string {
  return (
    'VAULT_URL: the database holds secrets of another key file. If this is a further replica, set VAULT_URL to the key ' +
    'file of the first: libsodium:file=<DATA_DIR of the first>/key, or a copy of it. Otherwise put that file back. Only ' +
    'if it is lost for good and no replica has it: empty the table installation_secret, give the credentials of ' +
    'connections again, and everybody signs in again'
  )
}

function unreachable({ server, message }: DatabaseUnreachable): string {
  return `${server === 'reader' ? 'DATABASE_RO_URL' : 'DATABASE_URL'}: the database can not be reached: ${message}`
}
