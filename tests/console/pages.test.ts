import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityFaults, see, settled, type Visitor, visit } from './browse.ts'
import { firstLoad } from './first-load.ts'
import { type Ids, idsOf, PAGES } from './pages.ts'
import { OUTSIDER, seed, signIn, startSessionOf } from './seed.ts'
import { type RunningConsole, startConsole } from './start-console.ts'

/** Of compressed script, before the page's load event. */
const LARGEST_FIRST_LOAD_BYTES = 300_000
/** What moves by itself while a page comes, by the browser's own measure: below it nobody notices. */
const LARGEST_LAYOUT_SHIFT = 0.05
/** Where `npm run pictures` puts them. */
const PICTURES = process.env['PICTURES']

let running: RunningConsole
let ids: Ids
let visitor: Visitor

beforeAll(async () => {
  running = await startConsole()
  const { email = '', password = '' } = running.product.administrator ?? {}
  const session = await signIn(running.product.url, email, password, 'a password for pictures')
  ids = await idsOf(await seed(running.product.url, session), session)
  visitor = await visit(running.url, { cookie: session.cookie })
  await visitor.page.addInitScript(watchLayoutShifts)
})
afterAll(() => visitor?.close())

describe('a page loads little, stands still, is accessible in both themes and fits a phone, without a complaint', () => {
  it.each(PAGES)('$name', ({ name, path, heading }) => look(visitor, { name, path: path(ids), heading }))

  it('sign-in', async () => {
    const nobody = await visit(running.url, { expected: [401] })
    await nobody.page.addInitScript(watchLayoutShifts)
    await look(nobody, { name: 'sign-in', path: '/sign-in', heading: 'Sign in' })
    await nobody.close()
  })

  it('change-password', async () => {
    const newcomer = await visit(running.url, { cookie: await startSessionOf(running.product.url, OUTSIDER) })
    await newcomer.page.addInitScript(watchLayoutShifts)
    await look(newcomer, { name: 'change-password', path: '/change-password', heading: 'Choose a password' })
    await newcomer.close()
  })
})

it('the theme chosen in the account’s menu is there again after a reload, whatever the system’s is', async () => {
  const { page, complaints } = visitor
  await page.setViewportSize(WIDE)
  await page.goto('/account')
  await inTheme(page, 'light')
  await page.getByRole('button', { name: /^Account of/ }).click()
  await page.getByRole('menuitemradio', { name: 'Dark theme' }).click()
  await see(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await page.reload()
  await see(page.getByRole('heading', { level: 1 })).toBeVisible()
  await see(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  expect(complaints.splice(0)).toEqual([])
})

type Look = { readonly name: string; readonly path: string; readonly heading: string | RegExp }

async function look(by: Visitor, { name, path, heading }: Look): Promise<void> {
  const { page, complaints } = by
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(WIDE)
  const scriptBytes = await firstLoad(page, path)
  if (PICTURES) console.log(`${name}: ${Math.round(scriptBytes / 1000)} KB of script`)
  await see(page.getByRole('heading', { level: 1 })).toHaveText(heading)
  await settled(page)
  expect.soft(scriptBytes, 'bytes of script').toBeLessThanOrEqual(LARGEST_FIRST_LOAD_BYTES)
  const layoutShift = await page.evaluate(() => Reflect.get(window, 'layoutShift'))
  expect.soft(layoutShift, 'layout shift').toBeLessThanOrEqual(LARGEST_LAYOUT_SHIFT)
  expect.soft(await accessibilityFaults(page), 'in the light theme').toEqual([])
  await picture(page, `${name}-light-1440`)
  await inTheme(page, 'dark')
  expect.soft(await accessibilityFaults(page), 'in the dark theme').toEqual([])
  await picture(page, `${name}-dark-1440`)
  await page.setViewportSize(NARROW)
  await settled(page)
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect.soft(tooWide, 'pixels that do not fit').toBeLessThanOrEqual(0)
  await picture(page, `${name}-dark-390`)
  await inTheme(page, 'light')
  await picture(page, `${name}-light-390`)
  expect(complaints.splice(0)).toEqual([])
}

const WIDE = { width: 1440, height: 900 }
const NARROW = { width: 390, height: 844 }

async function inTheme(page: Page, theme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme: theme })
  await see(page.locator('html')).toHaveAttribute('data-theme', theme)
}

async function picture(page: Page, name: string): Promise<void> {
  if (!PICTURES) return
  mkdirSync(PICTURES, { recursive: true })
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true, animations: 'disabled' })
}

/** Runs in the page: sums up what the browser says has moved without anybody having done anything. */
function watchLayoutShifts(): void {
  Reflect.set(window, 'layoutShift', 0)
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      if (!Reflect.get(entry, 'hadRecentInput'))
        Reflect.set(window, 'layoutShift', Reflect.get(window, 'layoutShift') + Reflect.get(entry, 'value'))
  }).observe({ type: 'layout-shift', buffered: true })
}
