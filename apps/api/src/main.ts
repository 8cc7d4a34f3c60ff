import 'reflect-metadata'
import { ConfigRejected, DatabaseTooNew, DirectoryInUse, NotMigrated } from '@vm-x/storage'
import { pino } from 'pino'
import { banner } from './banner.ts'
import { ConfigError, readConfig } from './config.ts'
import { startProduct } from './product.ts'

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
  let closing = false
  const stop = (signal: string) => {
    if (closing) return
    closing = true
    process.stderr.write(`• ${signal}: finishing requests …\n`)
    product.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'the shutdown failed')
        process.exit(1)
      },
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal))
  // Who reads this may send a signal at once.
  process.stdout.write(banner(product, config, performance.now() - started))
} catch (error) {
  process.stderr.write(`${explain(error)}\n`)
  process.exit(1)
}

/** One clear sentence for what a person can mend; the whole story for what is our fault. */
function explain(error: unknown): string {
  const known = [ConfigError, ConfigRejected, DirectoryInUse, NotMigrated, DatabaseTooNew].some(
    (kind) => error instanceof kind,
  )
  if (error instanceof Error && (known || 'code' in error)) return `VM-X AI could not start. ${error.message}`
  return `VM-X AI could not start. ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
}
