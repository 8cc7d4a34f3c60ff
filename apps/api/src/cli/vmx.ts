import { request } from 'node:http'
import { resolve as resolvePath } from 'node:path'
import { parseArgs } from 'node:util'
import { type ExchangeRecord, silentLog } from '@vm-x/gateway'
import { assertReachable, migrate, openDatabase, roleOf } from '@vm-x/storage'
import { adminSocketPath } from '../admin/admin-socket-path.ts'
import { readConfig } from '../config.ts'
import { auditLines } from './audit-lines.ts'

const HELP = `vmx: works on the VM-X AI that runs on this machine (with the same DATA_DIR)

  vmx api-key create <name> [--resource <name> …] [--connection <name> …] [--label <text> …]
                     [--expires-at <ISO time>] [--workspace <name>] [--environment <name>]
  vmx user reset-password <e-mail>            answers a password for one sign-in
  vmx workspace add-owner <workspace> <e-mail>
  vmx audit list [--limit <n>] [--cursor <next>] [--json]
  vmx audit show <request-id>
  vmx vault rotate
  vmx migrate                     brings DATABASE_URL up to date, as DATABASE_MIGRATE_URL where that is set
`

/** A sentence for the person at the terminal. */
class CommandError extends Error {}

try {
  process.stdout.write(await run(process.argv.slice(2)))
} catch (error) {
  process.stderr.write(`vmx: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

async function run(args: string[]): Promise<string> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      resource: { type: 'string', multiple: true },
      connection: { type: 'string', multiple: true },
      label: { type: 'string', multiple: true },
      'expires-at': { type: 'string' },
      workspace: { type: 'string' },
      environment: { type: 'string' },
      json: { type: 'boolean' },
      limit: { type: 'string' },
      cursor: { type: 'string' },
    },
  })
  const [noun, verb, operand, ...rest] = positionals
  const command = `${noun ?? ''} ${verb ?? ''}`.trim()
  if (values.help || command === '' || command === 'help') return HELP
  if (rest.length > (command === 'workspace add-owner' ? 1 : 0))
    throw new CommandError(`'${rest.join(' ')}' is too much; see vmx --help`)
  const { dataDir, databaseUrl, databaseMigrateUrl, databaseCaFile } = readConfig(process.env)
  const ask = <T>(method: string, path: string, body?: object) => askProduct<T>(dataDir, method, path, body)
  switch (command) {
    case 'api-key create': {
      if (operand === undefined) throw new CommandError('vmx api-key create <name>: the name is missing')
      const { resource, connection, label, 'expires-at': expiresAt, workspace, environment } = values
      return show(
        await ask('POST', '/api-keys', {
          name: operand,
          resources: resource,
          connections: connection,
          labels: label,
          expiresAt,
          workspace,
          environment,
        }),
      )
    }
    case 'user reset-password':
      if (operand === undefined) throw new CommandError('vmx user reset-password <e-mail>: the address is missing')
      return show(await ask('POST', '/password-resets', { email: operand }))
    case 'workspace add-owner': {
      const [email] = rest
      if (operand === undefined || email === undefined)
        throw new CommandError('vmx workspace add-owner <workspace> <e-mail>: one of them is missing')
      return show(await ask('POST', '/workspace-owners', { workspace: operand, email }))
    }
    case 'audit list': {
      const query = new URLSearchParams({
        limit: values.limit ?? '20',
        ...(values.cursor === undefined ? {} : { cursor: values.cursor }),
      })
      const page = await ask<AuditPage>('GET', `/audit?${query}`)
      return values.json ? show(page) : showPage(page)
    }
    case 'audit show':
      if (operand === undefined) throw new CommandError('vmx audit show <request-id>: the id is missing')
      return show(await ask('GET', `/audit/${encodeURIComponent(operand)}`))
    case 'vault rotate':
      return show(await ask('POST', '/vault/rotate', {}))
    case 'migrate': {
      if (!databaseUrl.startsWith('postgres')) return 'The embedded database is migrated at each start.\n'
      const url = databaseMigrateUrl ?? databaseUrl
      const database = await openDatabase({
        url,
        log: silentLog,
        statementTimeoutMs: 0,
        ...(databaseCaFile === undefined ? {} : { caFile: databaseCaFile }),
      })
      try {
        await assertReachable(database).catch((error: Error) => {
          const setting = databaseMigrateUrl === undefined ? 'DATABASE_URL' : 'DATABASE_MIGRATE_URL'
          throw new CommandError(`${setting}: the database can not be reached: ${error.message}`)
        })
        const { applied } = await migrate(
          database.db,
          databaseMigrateUrl === undefined ? {} : { servingRole: roleOf(databaseUrl) },
        )
        return applied.length === 0 ? 'The database is up to date.\n' : `Applied ${applied.join(', ')}.\n`
      } finally {
        await database.close()
      }
    }
    default:
      throw new CommandError(`there is no '${command}'; see vmx --help`)
  }
}

type AuditPage = { readonly records: ExchangeRecord[]; readonly next?: string }

function showPage({ records, next }: AuditPage): string {
  return auditLines(records) + (next === undefined ? '' : `\nOlder ones: vmx audit list --cursor ${next}\n`)
}

function show(answer: unknown): string {
  return `${JSON.stringify(answer, null, 2)}\n`
}

function askProduct<T>(dataDir: string, method: string, path: string, body?: object): Promise<T> {
  const socketPath = adminSocketPath(dataDir)
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, method, path, headers: { 'content-type': 'application/json' } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const answer = JSON.parse(Buffer.concat(chunks).toString())
        if (response.statusCode === 200) resolve(answer)
        else reject(new CommandError(String(answer.error)))
      })
    })
    call.on('error', () =>
      reject(new CommandError(`nothing answers at ${resolvePath(socketPath)}: is VM-X AI running with this DATA_DIR?`)),
    )
    call.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
