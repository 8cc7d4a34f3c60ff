import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../errors.ts'
import { RequestBody } from './body.ts'

const MODEL = 'gpt-"x"-ü'

const edited = (text: string, includeUsage = false) =>
  new RequestBody(Buffer.from(text)).toProvider('m', includeUsage).toString()

const refusal = (bytes: Buffer | string): GatewayError => {
  try {
    new RequestBody(Buffer.from(bytes))
  } catch (error) {
    if (error instanceof GatewayError) return error
    throw error
  }
  throw new Error('the body was accepted')
}

describe('RequestBody.toProvider', () => {
  it('replaces the model and leaves every other byte as it was', () => {
    expect(edited('{ "a" : 1.0 ,\t"model":"gpt" , "b":[12345678901234567890]}\n')).toBe(
      '{ "a" : 1.0 ,\t"model":"m" , "b":[12345678901234567890]}\n',
    )
  })

  it('removes vmx with one comma, wherever it stands', () => {
    expect(edited('{"vmx":{"a":[1,"}"]},"model":"x"}')).toBe('{"model":"m"}')
    expect(edited('{"model":"x","vmx":{},"n":1}')).toBe('{"model":"m","n":1}')
    expect(edited('{"model":"x" , "vmx":null }')).toBe('{"model":"m" }')
  })

  it('asks for usage in a stream when the client said nothing about it', () => {
    expect(edited('{"model":"x"}', true)).toBe('{"stream_options":{"include_usage":true},"model":"m"}')
    expect(edited('{"model":"x","stream_options":null}', true)).toBe(
      '{"model":"m","stream_options":{"include_usage":true}}',
    )
  })

  it('keeps what else the client set in stream_options', () => {
    expect(JSON.parse(edited('{"model":"x","stream_options":{"include_usage":false,"y":[1]}}', true))).toEqual({
      model: 'm',
      stream_options: { include_usage: true, y: [1] },
    })
  })

  it('removes vmx and asks for usage when both happen at the same place', () => {
    expect(edited('{"vmx":{},"model":"x"}', true)).toBe('{"stream_options":{"include_usage":true},"model":"m"}')
  })

  it('finds top-level keys that are spelled with escapes', () => {
    expect(edited('{"mod\\u0065l":"x","\\u0076mx":1}')).toBe('{"mod\\u0065l":"m"}')
  })

  it('leaves keys of the same names alone where they are nested', () => {
    const nested = '"x":{"model":"inner","vmx":{"a":1}},"y":["\\"model\\":1,{"]'
    expect(edited(`{${nested},"model":"x"}`)).toBe(`{${nested},"model":"m"}`)
  })

  it('is the expected object with untouched members byte for byte, whatever the body looks like', () => {
    fc.assert(
      fc.property(bodies, fc.boolean(), (members, includeUsage) => {
        const text = render(members)
        const sent = new RequestBody(Buffer.from(text)).toProvider(MODEL, includeUsage).toString()
        const expected: Record<string, unknown> = { ...JSON.parse(text), model: MODEL }
        delete expected['vmx']
        if (includeUsage) expected['stream_options'] = { ...Object(expected['stream_options']), include_usage: true }

        expect(isDeepStrictEqual(JSON.parse(sent), expected)).toBe(true)
        let at = 0
        for (const member of members) {
          if (member.touched === 'always' || (includeUsage && member.touched === 'for usage')) continue
          const found = sent.indexOf(member.text, at)
          expect(found).toBeGreaterThanOrEqual(at)
          at = found + member.text.length
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('RequestBody', () => {
  it('refuses a key that occurs twice, also when one is spelled with escapes', () => {
    expect(refusal('{"model":"a","model":"b"}')).toMatchObject({ code: 'invalid_request', status: 400, param: 'model' })
    expect(refusal('{"model":"a","mod\\u0065l":"b"}').param).toBe('model')
    expect(refusal('{"x":1,"model":"a","\\u0078":2}').param).toBe('x')
  })

  it.each([
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['an encoded surrogate', Buffer.from([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d])],
    ['a byte order mark', Buffer.from('\ufeff{"model":"x"}')],
    ['an array', '[{"model":"x"}]'],
    ['null', 'null'],
    ['a string', '"model"'],
    ['nothing', ''],
    ['two objects', '{"model":"x"}{"model":"y"}'],
    ['a cut object', '{"model":"x"'],
    ['a trailing comma', '{"model":"x",}'],
  ])('refuses %s', (_name, bytes) => {
    expect(refusal(Buffer.from(bytes))).toMatchObject({ code: 'invalid_request', status: 400 })
  })

  it('refuses a body whose escaped key the parser takes for a key of an earlier body', () => {
    new RequestBody(Buffer.from('{"only_here":1,"model":"x","stre\\\\u":1}'))
    const body = Buffer.from('{"only_here":1,"model":"x","stre\\u0061m":true}')
    if (JSON.parse(body.toString()).stream === true) expect(new RequestBody(body).fields['stream']).toBe(true)
    else expect(refusal(body)).toMatchObject({ code: 'invalid_request' })
  })

  it.each([
    ['Model', 'model'],
    ['MESSAGES', 'messages'],
    ['\\u004dodel', 'model'],
    ['me\u017f\u017fages', 'messages'],
    ['to\u212a\u0045ns', ''],
    ['VMX', 'vmx'],
    ['Stream', 'stream'],
    ['Stream_Options', 'stream_options'],
    ['max_Tokens', 'max_tokens'],
  ])('refuses a key that providers which ignore case take for one it decides on: %s', (key, meant) => {
    const bytes = Buffer.from(`{"model":"x","messages":[],"${key}":1}`)
    if (meant === '') expect(new RequestBody(bytes).fields['model']).toBe('x')
    else
      expect(refusal(bytes)).toMatchObject({
        message: expect.stringContaining(`'${meant}'`),
        param: expect.any(String),
      })
  })

  const levels = (depth: number, key = 'x') => `{"model":"x","${key}":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`

  it('follows 256 levels and refuses more', () => {
    expect(edited(levels(256))).toBe(levels(256).replace('"x"', '"m"'))
    for (const key of ['x', 'vmx', 'stream_options']) expect(refusal(levels(257, key)).message).toContain('256')
    expect(refusal(`{"a":${'{"a":'.repeat(300)}`).message).toContain('256')
  })

  it('refuses more than 1,000 fields', () => {
    const fields = (count: number) =>
      `{"model":"x"${Array.from({ length: count - 1 }, (_, at) => `,"k${at}":0`).join('')}}`
    expect(Object.keys(new RequestBody(Buffer.from(fields(1_000))).fields)).toHaveLength(1_000)
    expect(refusal(fields(1_001)).message).toContain('1000 fields')
  })

  it('refuses more than a million objects and lists', () => {
    const body = (count: number) => `{"model":"x","messages":[${'{},'.repeat(count - 2)}{}]}`
    expect(new RequestBody(Buffer.from(body(1_000_000))).fields['model']).toBe('x')
    expect(refusal(body(1_000_001)).message).toContain('1000000 objects and lists')
  })

  it('comes to an end with a body that is cut anywhere', () => {
    const body = '{"model":"x\\"","vmx":{"a":[1,"\\u0041"]},"\\u0061":{"b":[{}]},"n":-1.5e3}'
    for (let length = 0; length < body.length; length++)
      expect(refusal(body.slice(0, length))).toMatchObject({ code: 'invalid_request', status: 400 })
  })

  it('reads nothing else than the provider will, whatever bytes arrive', () => {
    fc.assert(
      fc.property(hostileBytes, fc.boolean(), (bytes, includeUsage) => {
        let body: RequestBody
        try {
          body = new RequestBody(Buffer.from(bytes))
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError)
          return
        }
        const { model, vmx: _, stream_options: options, ...others } = body.fields
        if (model === undefined) return // refused before it is ever sent
        const sent = JSON.parse(body.toProvider(MODEL, includeUsage).toString())
        const { model: sentModel, stream_options: sentOptions, ...sentOthers } = sent
        expect(sentModel).toBe(MODEL)
        expect(isDeepStrictEqual(sentOthers, others)).toBe(true)
        if (!includeUsage) expect(sentOptions).toEqual(options)
      }),
      { numRuns: 2000 },
    )
  })
})

type Rendered = { key: string; text: string; touched: 'never' | 'always' | 'for usage'; before: string; after: string }

const unit = fc.constantFrom(...'abü\ud83d\ude00{}[],: ')
const space = fc.stringMatching(/^[ \t\r\n]{0,3}$/)
const value = fc.oneof(
  fc.jsonValue({ stringUnit: unit }).map((json) => JSON.stringify(json)),
  fc.constantFrom(
    '1.0',
    '-0',
    '1e2',
    '12345678901234567890',
    '"\\u0041\\/"',
    '"\\\\"',
    '"{\\"model\\":1}"',
    '[ ]',
    '{"vmx":1}',
  ),
)

const KEYS_WE_READ = ['model', 'vmx', 'stream_options']

/** A key in one of its spellings: some of its characters as escapes. Others would meet the fault of V8 above at random. */
const spelled = (key: string) =>
  fc
    .array(KEYS_WE_READ.includes(key) ? fc.boolean() : fc.constant(false), {
      minLength: key.length,
      maxLength: key.length,
    })
    .map((escaped) => {
      const characters = [...Array(key.length).keys()].map((at) =>
        escaped[at]
          ? `\\u${key.charCodeAt(at).toString(16).padStart(4, '0')}`
          : JSON.stringify(key.charAt(at)).slice(1, -1),
      )
      return `"${characters.join('')}"`
    })

const member = (key: string, values: fc.Arbitrary<string>, touched: Rendered['touched']): fc.Arbitrary<Rendered> =>
  fc
    .tuple(spelled(key), space, space, values, space, space)
    .map(([name, a, b, json, before, after]) => ({ key, text: `${name}${a}:${b}${json}`, touched, before, after }))

const other = fc
  .oneof(fc.string({ unit, maxLength: 8 }), fc.constantFrom('__proto__', 'messages', 'Models', 'x'))
  .filter((key) => !KEYS_WE_READ.includes(key))
  .chain((key) => member(key, value, 'never'))

const streamOptions = fc.oneof(
  fc.constant('null'),
  fc
    .dictionary(fc.string({ unit, maxLength: 4 }), fc.jsonValue({ stringUnit: unit }), { maxKeys: 3 })
    .map((json) => JSON.stringify(json)),
  fc.constantFrom('{"include_usage":false}', '{"include_usage":true}', '{ }'),
)

const bodies = fc
  .tuple(
    member('model', value, 'always'),
    fc.option(member('vmx', value, 'always'), { nil: undefined }),
    fc.option(member('stream_options', streamOptions, 'for usage'), { nil: undefined }),
    fc.uniqueArray(other, { maxLength: 5, selector: ({ key }) => key }),
  )
  .chain(([model, vmx, options, others]) => {
    const members = [model, ...(vmx ? [vmx] : []), ...(options ? [options] : []), ...others]
    return fc.shuffledSubarray(members, { minLength: members.length })
  })

const render = (members: readonly Rendered[]) =>
  `{${members.map(({ before, text, after }) => before + text + after).join(',')}}`

/** Bytes at random, pieces of JSON at random, and good bodies with one byte changed. */
const hostileBytes: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 30 }),
  fc
    .array(
      fc.constantFrom(
        '"model":"x"',
        '"mod\\u0065l":1',
        '"vmx":{}',
        '"stream_options":{}',
        '"a":[',
        ']',
        '}',
        '{',
        ',',
        ' ',
        '"',
        '\\',
        '\\"',
        '"c\\\\":null',
        '"b":1',
        '\ufeff',
      ),
      { maxLength: 6 },
    )
    .map((pieces) => Buffer.from(`{${pieces.join(',')}}`)),
  fc.tuple(bodies, fc.nat(), fc.nat(255)).map(([members, at, byte]) => {
    const bytes = Buffer.from(render(members))
    bytes[at % bytes.length] = byte
    return bytes
  }),
)
