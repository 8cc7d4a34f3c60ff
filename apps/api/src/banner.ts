import type { Config } from './config.ts'
import type { Product } from './product.ts'

/** What a person needs after a start; the API key and the administrator's password only the first time. */
export function banner({ url, prepared, storage }: Product, config: Config, tookMs: number): string {
  const { newApiKey, administrator } = prepared
  const lines = ['', `VM-X AI is ready at ${url} (started in ${(tookMs / 1000).toFixed(1)} s)`, '']
  if (newApiKey !== undefined)
    lines.push(`  API key, shown this once:  ${newApiKey}`, '', '  Try it:', '', curl(url, newApiKey), '')
  else
    lines.push(
      `  OpenAI base URL  ${url}/v1`,
      `  Data             ${config.dataDir}`,
      '  A new API key    npx vmx api-key create <name>',
    )
  lines.push('  What happened    npx vmx audit list')
  const { consoleUrl, consoleNote } = config
  if (consoleUrl !== undefined)
    lines.push(`  Console          ${consoleUrl}${consoleNote === undefined ? '' : ` (${consoleNote})`}`)
  lines.push(`  Sign in at       ${consoleUrl ?? `${url}/management/docs`}`)
  if (administrator !== undefined)
    lines.push(
      `  Administrator    ${administrator.email}`,
      `  One-time password, shown this once:  ${administrator.password}`,
    )
  else lines.push('  A lost password  npx vmx user reset-password <e-mail>')
  if (prepared.fromEnvironment.length > 0)
    lines.push(`  Connections from the environment: ${prepared.fromEnvironment.join(', ')}`)
  // Where the database is embedded there is no other role that could serve, and nothing to be done about it.
  if (storage.database.kind === 'postgres' && !storage.guard.protected)
    lines.push(`  The audit is guarded by triggers only: ${storage.guard.reason}`)
  return `${lines.join('\n')}\n\n`
}

const curl = (url: string, apiKey: string) =>
  `curl ${url}/v1/chat/completions -H 'authorization: Bearer ${apiKey}' -H 'content-type: application/json' -d '{"model":"demo","messages":[{"role":"user","content":"Hello!"}]}'`
