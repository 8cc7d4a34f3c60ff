import { describe, expect, test } from 'vitest'
import { createPasswordHasher, HasherBusy, type HasherOptions } from './password-hasher.ts'

test('a password is verified by its own hash alone', async () => {
  const hasher = createPasswordHasher()
  const hash = await hasher.hash('correct horse battery')
  expect(await hasher.verify('correct horse battery', hash)).toBe(true)
  expect(await hasher.verify('correct horse batterx', hash)).toBe(false)
  expect(await hasher.verify('', hash)).toBe(false)
})

test('a hash names its cost, which is one that OWASP lists, and is salted', async () => {
  const hasher = createPasswordHasher()
  const [one, other] = [await hasher.hash('correct horse battery'), await hasher.hash('correct horse battery')]
  expect(one).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  expect(one).not.toBe(other)
})

test('a hash of another cost is verified at that cost', async () => {
  const { hasher, calls } = recording()
  await hasher.verify('pleaseletmein', `$scrypt$ln=14,r=8,p=1$${base64('salt')}$${base64('hash')}`)
  expect(calls).toEqual([{ N: 2 ** 14, r: 8, p: 1, maxmem: 2 * 128 * 2 ** 14 * 8 }])
})

test('scrypt is the one of RFC 7914', async () => {
  // Section 12, third vector.
  const key =
    '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887'
  const hash = `$scrypt$ln=14,r=8,p=1$${base64('SodiumChloride')}$${base64(Buffer.from(key, 'hex'))}`
  expect(await createPasswordHasher().verify('pleaseletmein', hash)).toBe(true)
})

test('the same characters are the same password, however they were composed', async () => {
  const hasher = createPasswordHasher()
  expect(await hasher.verify('caf\u00e9 au lait noir', await hasher.hash('cafe\u0301 au lait noir'))).toBe(true)
})

test.each(['', 'secret', '$scrypt$ln=15,r=8,p=3$$', '$argon2id$v=19$m=1,t=1,p=1$AAAA$AAAA'])(
  'a stored hash %j that can not be read is an error that does not show it',
  async (text) => {
    const error = await createPasswordHasher()
      .verify('correct horse battery', text)
      .catch((error: unknown) => error)
    expect(error).toBeInstanceOf(Error)
    if (text !== '') expect(String(error)).not.toContain(text)
  },
)

describe('of many passwords at once', () => {
  test('so many are hashed at a time, so many wait in line, and the rest is refused', async () => {
    const { hasher, pending } = recording({ atOnce: 2, waiting: 3, hold: true })
    const all = Array.from({ length: 6 }, () => hasher.hash('correct horse battery'))
    await expect(all[5]).rejects.toThrow(HasherBusy)
    expect(pending).toHaveLength(2)
    for (let done = 0; done < 5; done++) {
      expect(pending.length).toBeLessThanOrEqual(2)
      pending.shift()?.()
      await all[done]
    }
    expect(pending).toHaveLength(0)
  })

  test('a failure gives its place to the next', async () => {
    let failing = true
    const derive = async () => {
      if (failing) throw new Error('out of memory')
      return Buffer.alloc(32)
    }
    const hasher = createPasswordHasher({ atOnce: 1, waiting: 0, derive })
    await expect(hasher.hash('correct horse battery')).rejects.toThrow('out of memory')
    failing = false
    expect(await hasher.hash('correct horse battery')).toContain('$scrypt$')
  })
})

const base64 = (bytes: string | Buffer) => Buffer.from(bytes).toString('base64').replace(/=+$/, '')

function recording({ hold = false, ...options }: HasherOptions & { hold?: boolean } = {}) {
  const calls: object[] = []
  const pending: (() => void)[] = []
  const hasher = createPasswordHasher({
    ...options,
    derive: async (_password, _salt, bytes, cost) => {
      calls.push(cost)
      if (hold) await new Promise<void>((resolve) => pending.push(resolve))
      return Buffer.alloc(bytes)
    },
  })
  return { hasher, calls, pending }
}
