import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { node24, root } from './node24.mjs'

/** Pages that are made from the source; a test fails when one of them is stale. `npm run generate` writes them. */
export const pages = {
  'docs/reference/errors.md': async () => errorsPage((await import('../packages/gateway/src/errors.ts')).ERROR_CODES),
  'docs/reference/openapi.json': async () => {
    const { openApiDocument } = await import('../apps/api/src/http/openapi.ts')
    const { productVersion } = await import('../apps/api/src/docs/product-version.ts')
    return `${JSON.stringify(openApiDocument(productVersion), null, 2)}\n`
  },
  'docs/reference/permissions.md': async () =>
    (await import('../apps/api/src/docs/permissions-page.ts')).permissionsPage(),
  'apps/ui/src/client/schema.d.ts': consoleSchema,
  'apps/ui/src/client/permissions.ts': consolePermissions,
}

/** The types of the console's client, out of the document that the API serves. */
async function consoleSchema() {
  const { default: openapi, astToString } = await import('openapi-typescript')
  const document = JSON.parse(await pages['docs/reference/openapi.json']())
  return `// made by \`npm run generate\` from the OpenAPI document\n${astToString(await openapi(document))}`
}

/** What each operation asks for, without the schemas: so that the console need not load them to know what to offer. */
async function consolePermissions() {
  const { managementRoutes: routes } = await import('../packages/contract/src/index.ts')
  const entries = routes
    .filter(({ access }) => access.kind === 'permission')
    .map(({ id, access: { action, on, owner } }) => {
      const line = `  ${id}: { action: '${action}', on: '${on}', owner: ${owner} },`
      if (line.length <= 120) return line
      return `  ${id}: {\n    action: '${action}',\n    on: '${on}',\n    owner: ${owner},\n  },`
    })
  return `// made by \`npm run generate\` from packages/contract/src/management/routes.ts

/** What each operation asks for, and on what; \`owner\`: also to own the workspace. */
export const PERMISSIONS = {
${entries.join('\n')}
} as const

export type Operation = keyof typeof PERMISSIONS
`
}

function errorsPage(codes) {
  const rows = Object.entries(codes).map(([code, { status, type, source, fallback, clientRetry, when }]) =>
    ['', `\`${code}\``, status, `\`${type}\``, source, FALLBACK[fallback], clientRetry ? 'yes' : 'no', when, '']
      .join(' | ')
      .trim(),
  )
  return `<!-- made by \`npm run generate\` from packages/gateway/src/errors.ts -->

# Errors

\`\`\`json
{ "error": { "message": "…", "type": "rate_limit_error", "code": "capacity_exceeded", "param": null } }
\`\`\`

\`message\` is for people, \`code\` for programs, \`param\` names the field of the request that is at fault. An error inside a
stream is the same object as the last \`data:\` event, and no \`[DONE]\` follows. Headers of every refusal:

- \`x-request-id\`: finds the record of the request
- \`x-vmx-error-source\`: \`gateway\` or \`provider\`, who refused
- \`x-should-retry\`: what the OpenAI SDKs go by. It is the column below, but \`false\` where the wait would be longer than 60
  seconds, for a request that can never fit a limit, and for a 429 or 503 that nothing is known to cure
- \`retry-after-ms\`, \`retry-after\`: when a retry can succeed, computed from what refused; on every 429 and 503 that may be
  retried. Of a provider's 429 that names no time, or hardly any, it is the wait that the gateway itself would make next

_Other target_ says whether the next target of the resource is tried before the client hears of the error, which only
happens before the first byte of the answer: \`larger context\` means only a model that is known to take more tokens.

| code | status | type | refused by | other target | retry | when |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`
}

const FALLBACK = { none: 'no', next: 'yes', 'larger-context': 'larger context' }

if (process.argv[1] === import.meta.filename) {
  const node = node24()
  // The packages of this repository are read as they are written, not as they were built.
  const sources = '--conditions=source'
  if (node === process.execPath && process.execArgv.includes(sources)) {
    for (const [path, make] of Object.entries(pages)) writeFileSync(join(root, path), await make())
  } else {
    process.exit(spawnSync(node, [sources, process.argv[1]], { stdio: 'inherit' }).status ?? 1)
  }
}
