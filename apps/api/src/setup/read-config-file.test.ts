import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ConfigError } from '../config.ts'
import { readConfigFile } from './read-config-file.ts'

const directory = mkdtempSync(join(tmpdir(), 'vmx-config-file-'))
const path = join(directory, 'vmx.yaml')

afterAll(() => rmSync(directory, { recursive: true, force: true }))

const read = (text: string, env: Record<string, string> = {}) => {
  writeFileSync(path, text)
  return readConfigFile(path, env)
}

const refusal = async (text: string, env: Record<string, string> = {}): Promise<string> => {
  const reason = await read(text, env).then(
    () => undefined,
    (error: unknown) => error,
  )
  if (reason instanceof ConfigError) return reason.message
  throw new Error(`It was not refused: ${String(reason)}`)
}

const withConnection = (connection: string) => `
workspaces:
  - name: w
    environments:
      - name: e
        connections: [${connection}]
`

describe('readConfigFile', () => {
  it('puts variables where they are named, also inside of a text, and takes what they hold as text', async () => {
    const text = withConnection(`{ name: a, provider: openai, apiKey: 'x-\${KEY}-\${KEY}' }`)
    const document = await read(text, { KEY: `'}, \${OTHER} # \n` })
    expect(document.workspaces[0]?.environments[0]?.connections[0]?.apiKey).toBe(
      `x-'}, \${OTHER} # \n-'}, \${OTHER} # \n`,
    )
  })

  it('names every variable that is missing, each once; an empty one is missing', async () => {
    const text = withConnection(`{ name: '\${A}', provider: '\${B}', apiKey: '\${A}\${C}' }`)
    expect(await refusal(text, { B: 'openai', C: '' })).toMatch(/variables that are not set: A, C$/)
  })

  it('names the variables that are missing beside what else is wrong', async () => {
    const said = await refusal(withConnection(`{ name: '\${A}', provider: openai, budget: 3 }`), {})
    expect(said).toMatch(
      /is not right:\n {2}names variables that are not set: A\n.*connections\[0\]: has no field "budget"$/,
    )
  })

  it('names every problem with its path, and no value', async () => {
    const said = await refusal(
      withConnection(`{ name: 'has spaces', provider: openai, apiKey: '\${KEY}', limits: [] }, { name: b }`),
      { KEY: 's3cret' },
    )
    const at = 'workspaces[0].environments[0].connections'
    for (const start of [`${at}[0].name: `, `${at}[0]: `, `${at}[1].provider: `]) expect(said).toContain(`\n  ${start}`)
    expect(said).toContain('limits')
    expect(said).not.toContain('s3cret')
  })

  it('names the place that is at fault in a rule, whichever of its forms was meant', async () => {
    const rules = [
      "{ when: { field: tokens.input, op: above, value: 1 }, then: { block: 'no' } }",
      "{ when: { all: [{ field: tokens.input, op: gt, value: 1, unit: k }] }, then: { block: 'no' } }",
      "{ when: { any: [{ not: { foo: 1 } }] }, then: { block: 'no' } }",
      '{ when: { all: [] }, then: { target: { connection: a } } }',
      '{ when: { all: [] }, then: { target: { connection: a, model: m }, sticky: request.user } }',
      '{ when: { all: [] }, then: { split: [{ target: { connection: a, model: m }, weight: 40 }] } }',
      "{ when: { expression: '' }, then: { balance: cost, targets: [] } }",
      "{ then: { block: 'no' } }",
    ]
    const at = 'workspaces[0].environments[0].resources[0]'
    const said = await refusal(`
workspaces:
  - name: w
    environments:
      - name: e
        resources:
          - name: r
            model: { connection: a, model: m }
            routing:
${rules.map((rule) => `              - ${rule}`).join('\n')}
        apiKeys: [{ name: k, value: v, resources: some }, { name: k, value: v, resources: ['has spaces'] }]
`)
    const places = said.split('\n').map((line) => line.slice(0, line.indexOf(': ')).trim())
    expect(places.slice(1)).toEqual([
      `${at}.routing[0].when.op`,
      `${at}.routing[1].when.all[0]`,
      `${at}.routing[2].when.any[0].not`,
      `${at}.routing[3].then.target.model`,
      `${at}.routing[4].then`,
      `${at}.routing[5].then.split`,
      `${at}.routing[6].when.expression`,
      `${at}.routing[6].then.balance`,
      `${at}.routing[6].then.targets`,
      `${at}.routing[7].when`,
      'workspaces[0].environments[0].apiKeys[0].resources',
      'workspaces[0].environments[0].apiKeys[1].resources[0]',
    ])
    expect(said).toContain('weights must sum to 100')
    expect(said).toContain('"sticky"')
    expect(said).toContain('is missing')
  })

  it('says that an alias leads nowhere', async () => {
    expect(await refusal('workspaces: *nowhere')).toMatch(/^VMX_CONFIG: .* is not valid YAML: .*nowhere/)
  })

  it('says that the file can not be read, or that it is no YAML', async () => {
    await expect(readConfigFile(join(directory, 'none.yaml'), {})).rejects.toThrow(/^VMX_CONFIG: .*can not be read/)
    expect(await refusal('workspaces: [')).toMatch(/is not valid YAML/)
  })
})
