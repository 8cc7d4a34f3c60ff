/** A request as bytes for a socket, and what it tries. */
export type HostileRequest = {
  readonly kind: string
  readonly bytes: Buffer
  /** Sends only this many bytes and then nothing: the client is slow, or never ends. */
  readonly sends?: number
}

/** A generator of numbers that gives the same sequence for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** `count` requests of every kind, in turn. */
export function* hostileRequests(count: number, apiKey: string, random: () => number): Generator<HostileRequest> {
  const make = new Maker(apiKey, random)
  const kinds = Object.entries(KINDS)
  for (let at = 0; at < count; at++) {
    const [kind, of] = kinds[at % kinds.length] ?? ['', () => Buffer.alloc(0)]
    const made = of(make)
    yield Buffer.isBuffer(made) ? { kind, bytes: made } : { kind, ...made }
  }
}

class Maker {
  readonly apiKey: string
  readonly random: () => number

  constructor(apiKey: string, random: () => number) {
    this.apiKey = apiKey
    this.random = random
  }

  int(most: number): number {
    return Math.floor(this.random() * most)
  }

  pick<T>(of: readonly [T, ...T[]]): T {
    return of[this.int(of.length)] ?? of[0]
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.int(256)))
  }

  path(): string {
    return this.pick(['/v1/chat/completions', '/v1/completions', '/v1/embeddings', '/api/v1/chat/completions'])
  }

  /** A whole request with this body, and a header section of these lines before its own. */
  post(body: Buffer | string, lines: readonly string[] = [], length?: number): Buffer {
    const bytes = Buffer.from(body)
    const head = [
      `POST ${this.path()} HTTP/1.1`,
      'host: gateway',
      `authorization: Bearer ${this.apiKey}`,
      'content-type: application/json',
      ...lines,
      `content-length: ${length ?? bytes.length}`,
      'connection: close',
    ]
    return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), bytes])
  }

  /** The same without a length of its own. */
  raw(lines: readonly string[], body: Buffer | string = '', requestLine = `POST ${this.path()} HTTP/1.1`): Buffer {
    const head = [requestLine, 'host: gateway', `authorization: Bearer ${this.apiKey}`, ...lines]
    return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), Buffer.from(body)])
  }
}

const GOOD = '{"model":"demo","messages":[{"role":"user","content":"Hello"}],"max_tokens":5}'
const SMUGGLED = 'GET /v1/models HTTP/1.1\r\nhost: gateway\r\n\r\n'

const KINDS: Record<string, (make: Maker) => Buffer | { bytes: Buffer; sends: number }> = {
  'random bytes on the socket': (make) => Buffer.concat([make.bytes(1 + make.int(600)), Buffer.from('\r\n\r\n')]),
  'a body of random bytes': (make) => make.post(make.bytes(make.int(2_000))),
  'a truncated body': (make) => make.post(GOOD.slice(0, make.int(GOOD.length))),
  'a body with one byte changed': (make) => {
    const body = Buffer.from(GOOD)
    body[make.int(body.length)] = make.int(256)
    return make.post(body)
  },
  'deep nesting': (make) => {
    const depth = 10 ** (2 + make.int(4))
    const [open, close] = make.pick([
      ['[', ']'],
      ['{"a":', '}'],
    ])
    const inner = open.repeat(depth) + (open === '[' ? '' : '1') + (make.random() < 0.5 ? close.repeat(depth) : '')
    return make.post(`{"model":"demo","${make.pick(['messages', 'vmx', 'stream_options', 'x'])}":${inner}}`)
  },
  'repeated keys': (make) =>
    make.post(
      `{"model":"demo","${make.pick(['model', 'stream', 'messages'])}":${make.pick(['"x"', '1', '[]'])},${GOOD.slice(1)}`,
    ),
  'escaped keys': (make) => make.post(`{"\\u006d\\u006fdel":"${make.pick(['demo', 'x'])}",${GOOD.slice(1)}`),
  'keys in another case': (make) =>
    make.post(`{"${make.pick(['Model', 'MESSAGES', 'me\u017f\u017fages'])}":"x",${GOOD.slice(1)}`),
  'a great many keys': (make) => {
    const count = 10 ** (2 + make.int(3))
    return make.post(`{${Array.from({ length: count }, (_, at) => `"k${at}":0,`).join('')}${GOOD.slice(1)}`)
  },
  'keys of prototypes': (make) =>
    make.post(`{"${make.pick(['__proto__', 'constructor', 'toString'])}":{"model":"x"},${GOOD.slice(1)}`),
  'huge numbers': (make) => {
    const number = make.pick(['1e999', '-1e999', '9'.repeat(10_000), `0.${'1'.repeat(5_000)}`, '1e-999999', '1e308'])
    const field = make.pick(['max_tokens', 'n', 'temperature', 'seed', 'max_completion_tokens'])
    return make.post(`{"model":"demo","messages":[],"${field}":${number}}`)
  },
  'fields of wrong types': (make) => {
    const field = make.pick([
      'model',
      'messages',
      'stream',
      'vmx',
      'n',
      'max_tokens',
      'user',
      'tools',
      'stream_options',
    ])
    const value = make.pick(['null', '1', '"x"', '[]', '{}', '[[]]', '[null]', '[{"role":1,"content":[{}]}]', 'true'])
    const rest = field === 'model' ? '"messages":[]' : '"model":"demo"'
    return make.post(`{${rest},"${field}":${value}}`)
  },
  'bad UTF-8': (make) => {
    const bad = make.pick([[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80], [0xc0, 0xaf]])
    return make.post(Buffer.concat([Buffer.from('{"model":"demo'), Buffer.from(bad), Buffer.from('","messages":[]}')]))
  },
  'text that is no JSON': (make) =>
    make.post(make.pick(['', ' ', '\ufeff{}', 'null', '[]', '"model"', '{}{}', '{"model":"demo"}x', 'model=demo'])),
  'odd characters': (make) =>
    make.post(
      `{"model":"${make.pick(['\\u0000', '\\ud800', '../..', '%00', '\\r\\nx: y', '💥', 'demo/', '/'])}","messages":[]}`,
    ),
  'a model name without end': (make) => make.post(`{"model":"${'m'.repeat(10 ** (3 + make.int(3)))}"}`),
  'a body larger than allowed': (make) =>
    make.raw([`content-length: ${make.pick([2_000_000, 9_007_199_254_740_991, '99999999999999999999'])}`], GOOD),
  'a length that is wrong': (make) => make.post(GOOD, [], make.pick([1, GOOD.length - 1])),
  'a length that is no number': (make) =>
    make.raw([`content-length: ${make.pick(['-1', '0x10', '1e3', 'x', '1 2', ''])}`]),
  'two lengths': (make) => make.raw([`content-length: ${GOOD.length}`, 'content-length: 5'], GOOD),
  'a length beside chunks': (make) =>
    make.raw(['content-length: 5', 'transfer-encoding: chunked'], `0\r\n\r\n${SMUGGLED}`),
  'chunks beside a length': (make) =>
    make.raw(
      ['transfer-encoding: chunked', `content-length: ${GOOD.length}`],
      `${GOOD.length.toString(16)}\r\n${GOOD}\r\n0\r\n\r\n`,
    ),
  'odd transfer encodings': (make) =>
    make.raw(
      [
        `transfer-encoding: ${make.pick(['chunked, identity', 'xchunked', ' chunked', 'chunked\tx', 'gzip', 'identity', 'Chunked, chunked'])}`,
      ],
      `0\r\n\r\n${SMUGGLED}`,
    ),
  'broken chunks': (make) =>
    make.raw(
      ['transfer-encoding: chunked'],
      `${make.pick(['zz', '-1', 'ffffffffffffffffff', '5;x=\n', ' '])}\r\nhello\r\n0\r\n\r\n`,
    ),
  'trailers and extensions of chunks': (make) =>
    make.raw(
      ['transfer-encoding: chunked', 'trailer: authorization', 'connection: close'],
      `${GOOD.length.toString(16)};a="b"\r\n${GOOD}\r\n0\r\nauthorization: Bearer x\r\n\r\n`,
    ),
  'header injection': (make) =>
    make.post(GOOD, [
      `${make.pick(['x-request-id', 'x-vmx-correlation-id', 'user-agent', 'x-vmx-metadata'])}: ${make.pick(['a\nx-evil: 1', 'a\rx-evil: 1', 'a\0b', '\x7f', 'a\r\n folded', 'ü', '{"a":"\\r\\nx: y"}'])}`,
    ]),
  'header names that are none': (make) =>
    make.post(GOOD, [make.pick(['bad header: x', ': x', 'x\0: y', 'x : y', '(x): y', 'nocolon'])]),
  'headers that are too large': (make) => make.post(GOOD, [`x-large: ${'h'.repeat(10 ** (4 + make.int(2)))}`]),
  'very many headers': (make) =>
    make.post(
      GOOD,
      Array.from({ length: 100 + make.int(3_000) }, (_, at) => `x-${at}: y`),
    ),
  'bad extension headers': (make) =>
    make.post(GOOD, [
      `${make.pick(['x-vmx-metadata', 'x-vmx-correlation-id'])}: ${make.pick(['{', '[]', '"x"', '{"a":1}', 'x'.repeat(300), '{"a":{}}'])}`,
    ]),
  'credentials that are none': (make) =>
    make.raw(
      [`content-length: ${GOOD.length}`, 'connection: close'],
      GOOD,
      `POST ${make.path()} HTTP/1.1\r\nauthorization: ${make.pick(['Bearer', 'Bearer ', 'Basic eDp5', `Bearer ${'x'.repeat(5_000)}`, 'Bearer sk-vmx-x', 'ü'])}`,
    ),
  'odd URLs': (make) =>
    make.raw(
      ['content-length: 0', 'connection: close'],
      '',
      `${make.pick(['GET', 'POST'])} ${make.pick(['/v1/%', '/v1/%ff%fe', '/v1/../v1/models', '//v1/models', '/v1/models/%00', 'http://evil.example/v1/models', '*', '/v1/models/..%2f..', `/v1/${'x'.repeat(6_000)}`, '/v1/models?\u0001', '/v1/chat/completions/', '/V1/models'])} HTTP/1.1`,
    ),
  'odd methods': (make) =>
    make.raw(
      ['content-length: 0', 'connection: close'],
      '',
      `${make.pick(['PUT', 'DELETE', 'TRACE', 'CONNECT', 'PATCH', 'OPTIONS', 'HEAD', 'BREW', 'get', 'GET/'])} /v1/models HTTP/1.1`,
    ),
  'odd versions': (make) =>
    Buffer.from(`GET /v1/models HTTP/${make.pick(['0.9', '1.0', '2.0', '9.9', '1.1.1', 'x'])}\r\nhost: x\r\n\r\n`),
  'another protocol': (make) =>
    make.pick([
      Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
      Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]),
      Buffer.from('SSH-2.0-x\r\n\r\n'),
    ]),
  'an upgrade': (make) =>
    make.raw(
      ['connection: upgrade', `upgrade: ${make.pick(['websocket', 'h2c', 'x'])}`, 'content-length: 0'],
      '',
      'GET /v1/models HTTP/1.1',
    ),
  'no host, or two': (make) => {
    const bytes = make.post(GOOD).toString('latin1')
    return Buffer.from(
      bytes.replace('host: gateway\r\n', make.pick(['', 'host: a\r\nhost: b\r\n', 'host:\r\n'])),
      'latin1',
    )
  },
  'an expectation': (make) => make.post(GOOD, [`expect: ${make.pick(['100-continue', '200-ok', 'x'])}`]),
  'a compressed body': (make) =>
    make.post(make.bytes(200), [`content-encoding: ${make.pick(['gzip', 'br', 'x', 'gzip, gzip'])}`]),
  'odd content types': (make) =>
    make.post(GOOD, [
      `content-type: ${make.pick(['', '/', 'text/html', 'multipart/form-data; boundary=', 'application/json; charset=utf-7', ';;;'])}`,
    ]),
  'requests in a row on one connection': (make) => {
    const length = GOOD.length + make.int(3)
    return make.raw(['content-type: application/json', `content-length: ${length}`], GOOD + SMUGGLED.repeat(3))
  },
  'a body that stops': (make) => {
    const bytes = make.post(GOOD)
    return { bytes, sends: bytes.length - 1 - make.int(GOOD.length - 1) }
  },
  'headers that stop': (make) => {
    const bytes = make.post(GOOD)
    return { bytes, sends: 1 + make.int(80) }
  },
}
