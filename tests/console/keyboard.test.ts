import type { Locator, Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { see, settled, type Visitor, visit } from './browse.ts'
import { type Session, signIn } from './seed.ts'
import { startConsole } from './start-console.ts'

const PASSWORD = 'a password of my own'
const MOST_STEPS = 120

let email: string
let session: Session
let visitor: Visitor
let page: Page
/** Where the pages of the environment begin, and the environment in the management API. */
let environment: string
let base: string

beforeAll(async () => {
  const { url, product } = await startConsole()
  email = product.administrator?.email ?? ''
  session = await signIn(product.url, email, product.administrator?.password ?? '', PASSWORD)
  const workspaceId = await firstId('/workspaces')
  const environmentId = await firstId(`/workspaces/${workspaceId}/environments`)
  environment = `/${workspaceId}/${environmentId}`
  base = `/workspaces/${workspaceId}/environments/${environmentId}`
  await session.call('POST', `/workspaces/${workspaceId}/environments`, { name: 'second' })
  visitor = await visit(url, { expected: [401] })
  page = visitor.page
})
afterAll(() => visitor?.close())

describe('by keyboard alone', () => {
  it('a person signs in', async () => {
    await page.goto('/sign-in')
    await see(page.getByLabel('E-mail address')).toBeFocused()
    await page.keyboard.type(email)
    await press('Tab')
    await page.keyboard.type(PASSWORD)
    await press('Enter')
    await see(page.getByRole('heading', { level: 1 })).toHaveText('Getting started')
  })

  it('the first step on a page skips to its content', async () => {
    await page.goto(`${environment}/api-keys`)
    await settled(page)
    await press('Tab')
    await see(page.getByRole('link', { name: 'Skip to content' })).toBeFocused()
    await see(page.getByRole('link', { name: 'Skip to content' })).toBeInViewport()
    await press('Enter')
    await see(page.locator('#content')).toBeFocused()
    await press('Tab')
    expect(await page.evaluate(() => document.activeElement?.closest('#content') !== null)).toBe(true)
  })

  it('Ctrl+K goes to any page, and Escape back to where one was', async () => {
    const here = page.getByRole('link', { name: 'Usage', exact: true })
    await goTo(here)
    await press('Control+k')
    await see(page.getByRole('combobox', { name: 'Search or go to' })).toBeFocused()
    await press('Escape')
    await see(page.getByRole('dialog')).toHaveCount(0)
    await see(here).toBeFocused()
    await press('Control+k')
    await page.keyboard.type('ai conn')
    await press('Enter')
    await see(page.getByRole('heading', { level: 1 })).toHaveText('AI connections')
    await keepsFocus()
  })

  it('an AI connection is created, and its deletion thought better of', async () => {
    await page.goto(`${environment}/ai-connections/new`)
    await goTo(page.getByRole('textbox', { name: 'Search providers and models' }))
    await page.keyboard.type('demo')
    await goTo(page.getByRole('main').getByRole('link', { name: /demo/i }).last())
    await press('Enter')
    const name = page.getByRole('textbox', { name: 'Name', exact: true })
    await goTo(name)
    await press('Control+a')
    await page.keyboard.type('by-keyboard')
    await press('Enter')
    await see(page.getByRole('heading', { level: 1 })).toHaveText('by-keyboard')
    const remove = page.getByRole('button', { name: 'Delete', exact: true })
    await goTo(remove)
    await press('Enter')
    await see(page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' })).toBeFocused()
    await press('Escape')
    await see(page.getByRole('alertdialog')).toHaveCount(0)
    await see(remove).toBeFocused()
  })

  it('an AI resource is created', async () => {
    await page.goto(`${environment}/ai-resources/new`)
    await goTo(page.getByRole('textbox', { name: 'Name', exact: true }))
    await page.keyboard.type('typed')
    await goTo(page.getByRole('combobox', { name: 'Connection' }))
    await press('Control+a')
    await page.keyboard.type('by-keyboard')
    await press('ArrowDown')
    await press('Enter')
    await goTo(page.getByRole('combobox', { name: 'Model' }))
    await see(page.getByRole('combobox', { name: 'Model' })).not.toHaveValue('')
    await goTo(page.getByRole('button', { name: 'Create', exact: true }))
    await press('Enter')
    await see(page.getByRole('heading', { level: 1 })).toHaveText('typed')
    await keepsFocus()
  })

  it('rules are put into another order and saved, and the focus stays with the rule', async () => {
    const { id: connectionId } = await named('ai-connections', 'by-keyboard')
    const { id } = await session.call<{ id: string }>('POST', `${base}/ai-resources`, {
      name: 'ordered',
      model: { connectionId, model: 'demo' },
      routing: ['first', 'second', 'third'].map((description) => ({
        description,
        when: { field: 'request.user', op: 'startsWith', value: description },
        then: { block: description },
      })),
    })
    await page.goto(`${environment}/ai-resources/${id}?tab=routing`)
    const said = page.locator('[aria-live=assertive]')
    await goTo(page.getByRole('button', { name: /^Move rule 1:/ }))
    await press('Space')
    await see(said.filter({ hasText: 'Now in place 1 of 3.' })).toHaveCount(1)
    await press('ArrowDown')
    await see(said.filter({ hasText: 'Now in place 2 of 3.' })).toHaveCount(1)
    await press('Space')
    await see(page.getByRole('listitem', { name: 'Rule 2' })).toContainText('first')
    await see(page.getByRole('button', { name: /^Move rule 2:/ })).toBeFocused()

    await goTo(page.getByRole('button', { name: 'Move rule 2 down' }))
    await press('Enter')
    await see(page.getByRole('listitem', { name: 'Rule 3' })).toContainText('first')
    await see(page.getByRole('listitem', { name: 'Rule 3' }).locator(':focus')).toHaveCount(1)

    await goTo(page.getByRole('button', { name: 'Save', exact: true }))
    await press('Enter')
    await see(page.getByText('ordered is saved')).toBeVisible()
    const { routing } = await session.call<{ routing: { description: string }[] }>('GET', `${base}/ai-resources/${id}`)
    expect(routing.map(({ description }) => description)).toEqual(['second', 'third', 'first'])
  })

  it('an API key is created, and the focus is on its page after its value was shown', async () => {
    await page.goto(`${environment}/api-keys/new`)
    await goTo(page.getByRole('textbox', { name: 'Name', exact: true }))
    await page.keyboard.type('typed')
    await press('Enter')
    await see(page.getByRole('dialog').getByText(/^sk-vmx-/)).toBeVisible()
    await goTo(page.getByRole('button', { name: 'I have stored it' }))
    await press('Enter')
    await see(page.getByRole('heading', { level: 1 })).toHaveText('typed')
    await keepsFocus()
  })

  it('the environment is switched', async () => {
    await goTo(page.getByRole('button', { name: /^Environment:/ }))
    await press('Enter')
    await choose(page.getByRole('menuitem', { name: 'second' }))
    await see(page.getByRole('button', { name: 'Environment: second' })).toBeVisible()
    await keepsFocus()
  })

  it('the theme is changed, and the menu gives the focus back', async () => {
    await openAccount()
    await choose(page.getByRole('menuitemradio', { name: 'Dark theme' }))
    await see(page.getByRole('menuitemradio', { name: 'Dark theme' })).toBeChecked()
    await press('Escape')
    await see(page.getByRole('button', { name: /^Account of/ })).toBeFocused()
  })

  it('a person signs out, and nothing has complained', async () => {
    await openAccount()
    await choose(page.getByRole('menuitem', { name: 'Sign out' }))
    await see(page.getByRole('heading', { level: 1 })).toHaveText('Sign in')
    expect(visitor.complaints).toEqual([])
  })
})

const press = (key: string) => page.keyboard.press(key)

/** Goes from control to control until it is at this one; wherever it comes by, it can be seen where one is. */
async function goTo(target: Locator): Promise<void> {
  await see(target).toBeVisible()
  await see(target).toBeEnabled()
  for (let step = 0; step < MOST_STEPS; step += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await press('Tab')
    expect(await page.evaluate(hiddenFocus), 'what has the focus, but does not show it').toBeUndefined()
  }
  throw new Error(`No number of steps leads to ${target}`)
}

/** Of an open menu. */
async function choose(item: Locator): Promise<void> {
  await see(item).toBeVisible()
  for (let step = 0; step < MOST_STEPS; step += 1) {
    if (await item.evaluate((element) => element === document.activeElement)) return press('Enter')
    await press('ArrowDown')
  }
  throw new Error(`No arrow key leads to ${item}`)
}

async function openAccount(): Promise<void> {
  await goTo(page.getByRole('button', { name: /^Account of/ }))
  await press('Enter')
}

/** A next step goes on from where one was, and not from the beginning of the page. */
const keepsFocus = () => see(page.locator('body')).not.toBeFocused()

/** Runs in the page. The body has the focus between the last control and the first. */
function hiddenFocus(): string | undefined {
  const { activeElement: element } = document
  if (!element || element === document.body) return undefined
  const { outlineStyle } = getComputedStyle(element)
  const shown =
    outlineStyle !== 'none' ||
    element.matches('.Mui-focusVisible') ||
    element.closest('.Mui-focused, .Mui-focusVisible, :has(> .Mui-focusVisible)')
  return shown ? undefined : element.outerHTML.slice(0, 300)
}

type Named = { readonly id: string; readonly name: string }

async function firstId(path: string): Promise<string> {
  const { items } = await session.call<{ items: Named[] }>('GET', path)
  return items[0]?.id ?? 'none'
}

async function named(path: string, name: string): Promise<Named> {
  const { items } = await session.call<{ items: Named[] }>('GET', `${base}/${path}`)
  const found = items.find((item) => item.name === name)
  if (!found) throw new Error(`There is no ${name}`)
  return found
}
