import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { aiConnection, aiConnectionInput, aiConnectionPatch, SECRET_MASK } from './ai-connection.ts'
import { providerSchemas } from './provider.ts'

const errorsOf = (schema: z.ZodType, value: unknown) =>
  (schema.safeParse(value).error?.issues ?? []).map(({ path, message }) => ({ path: path.join('.'), message }))

describe('the schemas of a provider', () => {
  const demanding = providerSchemas({ baseUrl: true, apiKey: true })
  const modest = providerSchemas({ baseUrl: false, apiKey: false })

  it('ask for what the provider needs, and for nothing else', () => {
    const missing = 'is missing: the provider needs it'
    expect(errorsOf(demanding.config, {})).toEqual([{ path: 'baseUrl', message: missing }])
    expect(errorsOf(demanding.credentials, {})).toEqual([{ path: 'apiKey', message: missing }])
    expect(modest.config.parse({})).toEqual({})
    expect(modest.credentials.parse({})).toEqual({})
  })

  it('say the same as JSON Schema', () => {
    expect(z.toJSONSchema(demanding.config, { io: 'input' })).toMatchObject({
      type: 'object',
      required: ['baseUrl'],
      additionalProperties: false,
      properties: { baseUrl: { type: 'string', format: 'uri' } },
    })
    expect(z.toJSONSchema(modest.credentials, { io: 'input' })).not.toHaveProperty('required')
  })

  it.each([
    'https://user@example.com/v1',
    'https://:s3cret@example.com/v1',
    'https://example.com/v1?key=s3cret',
    'https://example.com/v1#s3cret',
    'ftp://example.com/s3cret',
    's3cret',
  ])('take no address like %s, and do not repeat it', (baseUrl) => {
    for (const schema of [demanding.config, modest.config]) {
      const errors = errorsOf(schema, { baseUrl })
      expect(errors.map(({ path }) => path)).toEqual(['baseUrl'])
      expect(JSON.stringify(errors)).not.toContain('s3cret')
    }
  })

  it.each(['\0', '\ud800', '\udc00'])(
    'take no address with a character that no database takes, such as %j',
    (character) => {
      const errors = errorsOf(modest.config, { baseUrl: `https://a.example/${character}` })
      expect(errors).toEqual([{ path: 'baseUrl', message: 'holds a character that can not be stored' }])
    },
  )

  it.each([
    ['an empty one', ''],
    ['with a line end', 's3cret\n'],
    ['with a space before it', ' s3cret'],
    ['with a letter beyond ASCII', 's3cr\u00e9t'],
    ['with a control character', 's3\u007fcret'],
    ['longer than headers are', `s3cret${'x'.repeat(4096)}`],
    ['the mask of one', SECRET_MASK],
  ])('take no key that no header can carry: %s', (_what, apiKey) => {
    for (const schema of [demanding.credentials, modest.credentials]) {
      const errors = errorsOf(schema, { apiKey })
      expect(errors.map(({ path }) => path)).toEqual(['apiKey'])
      expect(JSON.stringify(errors)).not.toContain('s3cr')
    }
  })
})

describe('a connection', () => {
  it('is never shown with a credential but its mask', () => {
    const { credentials } = aiConnection.shape
    expect(credentials.parse({ apiKey: SECRET_MASK })).toEqual({ apiKey: SECRET_MASK })
    expect(credentials.safeParse({ apiKey: 'sk-1' }).success).toBe(false)
  })

  it('is patched by what is said and nothing else', () => {
    expect(aiConnectionPatch.parse({})).toEqual({})
  })

  it('has fields of its own only, below as well', () => {
    const input = { name: 'a', provider: 'openai', origin: 'api', config: { region: 'x' }, models: { m: { cost: 1 } } }
    const { issues } = aiConnectionInput.safeParse(input).error ?? { issues: [] }
    expect(issues.map((issue) => [issue.path.join('.'), 'keys' in issue && issue.keys])).toEqual([
      ['config', ['region']],
      ['models.m', ['cost']],
      ['', ['origin']],
    ])
  })
})
