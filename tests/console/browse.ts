import { type Browser, type BrowserContextOptions, chromium, expect as expectPage, type Page } from '@playwright/test'
import axe from 'axe-core'
import { afterAll, expect, inject } from 'vitest'

export type Visitor = {
  readonly page: Page
  /** What the browser's console has said of errors and warnings, and what was refused by the content security policy. */
  readonly complaints: string[]
  close(): Promise<void>
}

type VisitOptions = Pick<BrowserContextOptions, 'viewport' | 'colorScheme' | 'extraHTTPHeaders'> & {
  /** Cookies of who is signed in, as a `Cookie` header has them. */
  readonly cookie?: string
  /** Answers of the API that the browser's console may tell of: it tells of every answer from 400 on. */
  readonly expected?: readonly number[]
}

/** Waits for what a page is to show. */
export const see = expectPage.configure({ timeout: 20_000 })

let browser: Promise<Browser> | undefined

/** A browser of a person's own at `url`: nothing is shared with others. */
export async function visit(url: string, options: VisitOptions = {}): Promise<Visitor> {
  const provided = inject('chromium')
  if ('missing' in provided) throw new Error(provided.missing)
  browser ??= chromium.launch({ executablePath: provided.path, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
  const { cookie, expected = [], ...rest } = options
  const context = await (await browser).newContext({
    baseURL: url,
    viewport: { width: 1440, height: 900 },
    // Colours that are on their way from one theme to the other are in neither.
    reducedMotion: 'reduce',
    ...rest,
  })
  if (cookie) {
    const [name = '', value = ''] = cookie.split(/=(.*)/s)
    await context.addCookies([{ name, value, url, httpOnly: true, sameSite: 'Lax' }])
  }
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(`error on ${page.url()}: ${error.message}`))
  page.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type())) return
    const status = Number(/the server responded with a status of (\d+)/.exec(message.text())?.[1])
    if (expected.includes(status)) return
    complaints.push(`${message.type()} on ${page.url()}: ${message.text()} (${message.location().url})`)
  })
  return { page, complaints, close: () => context.close() }
}

afterAll(async () => {
  await (await browser)?.close()
})

/** What axe finds that is serious or critical, in words; none is none. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  // By the protocol, so that the content security policy of the page does not matter.
  await page.evaluate(axe.source)
  const results = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run(document, { resultTypes: ['violations'] }),
  )
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary}`),
    )
}

/** Waits until the page shows no skeleton and asks for nothing any more. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle')
  await expect.poll(() => page.locator('.MuiSkeleton-root').count(), { timeout: 20_000 }).toBe(0)
}
