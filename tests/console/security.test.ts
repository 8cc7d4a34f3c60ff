import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { beforeAll, describe, expect, it } from 'vitest'
import { visit } from './browse.ts'
import { type RunningConsole, startConsole } from './start-console.ts'

let running: RunningConsole
beforeAll(async () => {
  running = await startConsole()
})

const signInAt = (headers: Record<string, string>, body: object = running.product.administrator ?? {}) =>
  fetch(`${running.url}/management/v1/auth/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

describe('the console', () => {
  it('lets no script run but its own, and every page has a nonce that no other page has', async () => {
    const policies = await Promise.all(
      [1, 2].map(async () => (await fetch(`${running.url}/sign-in`)).headers.get('content-security-policy') ?? ''),
    )
    for (const policy of policies) {
      expect(policy).toMatch(/script-src 'self' 'nonce-[A-Za-z0-9+/=]{20,}' 'strict-dynamic';/)
      expect(policy).not.toMatch(/script-src[^;]*unsafe/)
      for (const directive of ["default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"])
        expect(policy).toContain(directive)
    }
    expect(new Set(policies).size).toBe(2)
  })

  it('runs nothing that was put into its page, and says so', async () => {
    const { page, complaints, close } = await visit(running.url, { expected: [401] })
    await page.goto('/sign-in')
    await page.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'window.ran = true'
      const image = new Image()
      image.setAttribute('onerror', 'window.ran = true')
      image.src = 'data:image/png;base64,AAAA'
      document.body.append(image)
      document.body.insertAdjacentHTML('beforeend', '<img src="x:" onerror="window.ran = true">')
    })
    await expect
      .poll(() => complaints.filter((text) => text.includes('inline event handler')).length)
      .toBeGreaterThan(0)
    expect(await page.evaluate(() => Reflect.get(window, 'ran'))).toBeUndefined()
    await close()
  })

  it('refuses a write from a page of another origin, and one that says nothing of its origin', async () => {
    for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, {}]) {
      const answer = await signInAt(headers as Record<string, string>)
      expect(answer.status).toBe(403)
      expect(await answer.json()).toMatchObject({ code: 'origin_not_allowed' })
      expect(answer.headers.getSetCookie()).toEqual([])
    }
  })

  it('gives a session in a cookie that no script can read, of this site only, and of https but on loopback', async () => {
    const local = await signInAt({ origin: running.url })
    expect(local.status).toBe(200)
    const [cookie = ''] = local.headers.getSetCookie()
    expect(cookie).toMatch(/; *HttpOnly/i)
    expect(cookie).toMatch(/; *SameSite=(Lax|Strict)/i)
    expect(cookie).not.toMatch(/; *Secure/i)
    for (const scheme of ['http', 'https']) {
      const [elsewhere = ''] = await cookiesOf('console.example', scheme)
      expect(elsewhere).toMatch(/; *Secure/i)
    }
  })

  it('passes the data plane on, so that applications can use its address as well', async () => {
    const answer = await fetch(`${running.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${running.product.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'demo', stream: true, messages: [{ role: 'user', content: 'Hello!' }] }),
    })
    expect(answer.status).toBe(200)
    expect(await answer.text()).toMatch(/data: \[DONE\]\n\n$/)
  })
})

/** Those of a sign-in at another name of this server, as a browser of another machine would send it. */
async function cookiesOf(host: string, scheme: string): Promise<string[]> {
  const body = JSON.stringify(running.product.administrator)
  const headers = {
    host,
    origin: `${scheme}://${host}`,
    'content-type': 'application/json',
    'x-forwarded-proto': scheme,
  }
  const outgoing = request(`${running.url}/management/v1/auth/sign-in`, { method: 'POST', headers }).end(body)
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
  answer.resume()
  expect(answer.statusCode).toBe(200)
  return answer.headers['set-cookie'] ?? []
}
