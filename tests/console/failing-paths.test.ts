import type { Locator, Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startProduct } from '../start-product.ts'
import { see, settled, type Visitor, visit } from './browse.ts'
import { type Ids, idsOf } from './pages.ts'
import { READER, type Session, seed, signIn } from './seed.ts'
import { type RunningConsole, startConsole } from './start-console.ts'

const PASSWORD = 'a password for pictures'
/** Of the form of an id, and of nothing. */
const NOTHING = '01a216e2-0000-7000-8000-000000000000'
const ENV = { UPSTREAM_ALLOW: '127.0.0.1' }
/** Refusals are what this file is about. */
const expected = [401, 403, 404, 409, 422, 429, 502]

let running: RunningConsole
let email: string
let session: Session
let ids: Ids
/** Of the environment in the management API. */
let base: string
let visitor: Visitor
let page: Page

beforeAll(async () => {
  running = await startConsole({ env: ENV })
  email = running.product.administrator?.email ?? ''
  session = await signIn(running.product.url, email, running.product.administrator?.password ?? '', PASSWORD)
  const seeded = await seed(running.product.url, session)
  ids = await idsOf(seeded, session)
  base = `/workspaces/${seeded.workspaceId}/environments/${seeded.environmentId}`
  visitor = await visit(running.url, { cookie: session.cookie, expected })
  page = visitor.page
})
afterAll(() => visitor?.close())

const button = (name: string, within: Page | Locator = page) => within.getByRole('button', { name, exact: true })

describe('an id of which there is nothing', () => {
  it.each([
    ['AI connection', () => `${ids.environment}/ai-connections/${NOTHING}`],
    ['AI resource', () => `${ids.environment}/ai-resources/${NOTHING}`],
    ['API key', () => `${ids.environment}/api-keys/${NOTHING}`],
    ['Exchange', () => `${ids.environment}/audit/${NOTHING}`],
    ['User', () => `/users/${NOTHING}`],
    ['Role', () => `/roles/${NOTHING}`],
    ['Workspace settings', () => `/${NOTHING}/settings`],
  ])('of %s is said to be of nothing, under the heading of the page', async (heading, path) => {
    await page.goto(path())
    await see(page.getByRole('heading', { level: 1 })).toHaveText(heading)
    await see(
      page.getByRole('heading', { name: /There is nothing here|There is no exchange of this id/ }),
    ).toBeVisible()
  })

  it('of an environment is said to be of nothing', async () => {
    await page.goto(`/${NOTHING}/${NOTHING}/usage`)
    await see(page.getByText('There is nothing here').first()).toBeVisible()
  })

  it('of a page leads back to the start', async () => {
    await page.goto('/no/such/page/at/all')
    await page.getByRole('link', { name: 'Go to the start' }).click()
    await see(page.getByRole('heading', { level: 1 })).toHaveText('Getting started')
  })
})

type Form = {
  readonly path: () => string
  /** The button that opens it, where it is a dialog. */
  readonly opener?: string
  readonly action: string
  /** The label of the field that is wrong in the end, and what is typed into it. */
  readonly field: string
  readonly taken: () => string
  readonly wrong: string
  /** Another field, which keeps what was typed. */
  readonly other?: readonly [label: string, text: string]
}

const FORMS: Readonly<Record<string, Form>> = {
  'an AI connection': {
    path: () => `${ids.environment}/ai-connections/new?provider=openai-compatible`,
    action: 'Create AI connection',
    field: 'Name',
    taken: () => 'OpenAI-EU',
    wrong: 'two words',
    other: ['Base URL', 'https://models.example.com/v1'],
  },
  'an AI resource': {
    path: () => `${ids.environment}/ai-resources/new?copy=${ids.resource}`,
    action: 'Create',
    field: 'Name',
    taken: () => 'Support-Chat',
    wrong: 'two words',
    other: ['Description', 'For the night shift'],
  },
  'an API key': {
    path: () => `${ids.environment}/api-keys/new`,
    action: 'Create API key',
    field: 'Name',
    taken: () => 'Support-Backend',
    wrong: 'two words',
    other: ['Description', 'For the night shift'],
  },
  'a role': {
    path: () => `/roles/new?from=${ids.role}`,
    action: 'Create the role',
    field: 'Name',
    taken: () => 'Power-User',
    wrong: 'two words',
    other: ['Description', 'For the night shift'],
  },
  'a user': {
    path: () => '/users',
    opener: 'Create a user',
    action: 'Create',
    field: 'E-mail address',
    taken: () => READER,
    wrong: 'nobody',
    other: ['Name', 'Nora Night'],
  },
  'a workspace': {
    path: () => '/workspaces',
    opener: 'Create a workspace',
    action: 'Create',
    field: 'Name',
    taken: () => 'Night',
    wrong: 'two words',
  },
  'an environment': {
    path: () => `${ids.workspace}/settings?tab=environments`,
    opener: 'Create an environment',
    action: 'Create',
    field: 'Name',
    taken: () => 'Staging',
    wrong: 'two words',
  },
}

describe('what is typed stays, and what is wrong is said at its field', () => {
  beforeAll(() => session.call('POST', '/workspaces', { name: 'night' }))

  it.each(Object.entries(FORMS))(
    'in the form of %s: a name that is taken, and one that can be none',
    async (_, form) => {
      const { path, opener, action, field, taken, wrong, other } = form
      await page.goto(path())
      if (opener) await button(opener).click()
      const within = opener ? page.getByRole('dialog') : page.locator('main')
      const input = (label: string) => within.getByRole('textbox', { name: label, exact: true })
      for (const [text, message] of [
        [wrong, /must|letters|address|valid/i],
        [taken(), /another/i],
      ] as const) {
        await input(field).fill(text)
        if (other) await input(other[0]).fill(other[1])
        await button(action, within).click()
        await see(input(field)).toHaveAttribute('aria-invalid', 'true')
        await see(input(field)).toHaveAccessibleDescription(message)
        await see(input(field)).toHaveValue(text)
        if (other) await see(input(other[0])).toHaveValue(other[1])
      }
    },
  )
})

it('whoever leaves a form by the palette or by Back is asked first, and can go', async () => {
  await page.goto(`${ids.environment}/api-keys`)
  await page.getByRole('link', { name: 'New API key' }).click()
  await page.getByLabel('Name').fill('not-saved-yet')
  const asked = page.getByRole('alertdialog', { name: 'Leave without saving?' })
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Search or go to' }).fill('usage')
  await page.keyboard.press('Enter')
  await button('Cancel', asked).click()
  await see(page.getByLabel('Name')).toHaveValue('not-saved-yet')
  await page.goBack({ waitUntil: 'commit' }).catch(() => {})
  await button('Leave', asked).click()
  await see(page.getByRole('heading', { level: 1, name: 'API keys' })).toBeVisible()
})

describe('an AI connection', () => {
  it('whose test fails says so with the reason that the API gives', async () => {
    const config = { baseUrl: 'http://127.0.0.1:1/v1' }
    const test = await session.call<{ ok: boolean; error: { code: string; message: string } }>(
      'POST',
      `${base}/ai-connections/test`,
      { provider: 'openai-compatible', config, credentials: null },
    )
    expect(test.ok).toBe(false)
    await page.goto(`${ids.environment}/ai-connections/new?provider=openai-compatible`)
    await page.getByRole('textbox', { name: 'Base URL' }).fill(config.baseUrl)
    await button('Test').click()
    const said = page.getByRole('alert').filter({ hasText: 'The provider could not be used' })
    await see(said).toContainText(test.error.message)
    await see(said).toContainText(test.error.code)
  })

  it('that is in use is not deleted, and says what uses it', async () => {
    await page.goto(`${ids.environment}/ai-connections/${ids.connection}`)
    await button('Delete').click()
    const dialog = page.getByRole('alertdialog')
    await see(dialog.getByText('It is still used')).toBeVisible()
    await see(dialog.getByRole('link', { name: 'support-chat' })).toBeVisible()
    await see(button('Delete', dialog)).toBeDisabled()
  })
})

describe('the playground', () => {
  it('says which limit refused, and when to come back', async () => {
    const answer = await ask({ name: 'once-an-hour', model: 'demo', capacity: [{ period: 'hour', requests: 1 }] })
    await see(answer.last()).toContainText('Complete')
    await send('Once more')
    const refused = answer.nth(1)
    await see(refused).toContainText('A limit is reached')
    await see(refused).toContainText('limit of 1 request')
    await see(refused).toContainText(/Try again in \d+ \w+/)
  })

  it('never shows a stream that breaks as a success', async () => {
    const answer = await ask({ name: 'breaks-off', model: 'demo+cut=3' })
    await see(answer).toContainText('Broken off')
    await see(answer).toContainText('This answer is not complete')
    await see(answer.getByRole('status')).not.toContainText('Complete')
  })

  it('of an environment without resources says where to begin', async () => {
    const empty = await session.call<{ id: string }>('POST', `${base.replace(/\/[^/]+$/, '')}`, { name: 'empty' })
    await page.goto(`${ids.workspace}/${empty.id}/playground`)
    await see(page.getByText('There is nothing to ask yet')).toBeVisible()
    await page.getByRole('main').getByRole('link', { name: 'Get started' }).click()
    await see(page.getByRole('heading', { level: 1 })).toHaveText('Getting started')
  })

  /** Asks a new resource on the demo provider; answers its answers. */
  async function ask({ model, ...resource }: { name: string; model: string; capacity?: object[] }): Promise<Locator> {
    const { items } = await session.call<{ items: { id: string; provider: string }[] }>('GET', `${base}/ai-connections`)
    const connectionId = items.find(({ provider }) => provider === 'demo')?.id
    const { id } = await session.call<{ id: string }>('POST', `${base}/ai-resources`, {
      ...resource,
      model: { connectionId, model },
    })
    await page.goto(`${ids.environment}/playground?resource=${id}`)
    await send('Are you there?')
    return page.getByRole('region', { name: `Answer of ${resource.name}` })
  }

  async function send(text: string) {
    await page.getByRole('textbox', { name: 'Message' }).fill(text)
    await button('Send').click()
  }
})

describe('a rule', () => {
  it('with a fault in its expression shows it at its place, and is not saved', async () => {
    await page.goto(`${ids.environment}/ai-resources/${ids.resource}?tab=routing`)
    const rule = page.getByRole('listitem', { name: 'Rule 3' })
    await rule.getByRole('button', { name: /Try another model/ }).click()
    const expression = rule.getByRole('textbox', { name: 'Expression' })
    await expression.fill('request.stream &&\n  tokens.inputs > 5')
    await see(expression).toHaveAccessibleDescription(/line 2, column \d+/)
    await see(rule.locator('pre')).toContainText('^')
    await button('Save').click()
    await see(page.getByRole('alert').first()).toBeVisible()
    await see(expression).toHaveValue('request.stream &&\n  tokens.inputs > 5')
  })
})

describe('a policy', () => {
  it('with a pattern that matches nothing says so at the pattern, and keeps it', async () => {
    await page.goto(`/roles/new?from=${ids.role}`)
    const actions = page.getByRole('combobox', { name: 'Actions' }).first()
    await actions.fill('nothing:here')
    await actions.press('Enter')
    await see(page.getByText('nothing:here matches no action that there is')).toBeVisible()
    await see(button('nothing:here')).toBeVisible()
  })
})

describe('the audit list', () => {
  it('under filters that nothing matches says so, and shows all again', async () => {
    await page.goto(`${ids.environment}/audit?user=nobody`)
    await see(page.getByText('No exchange matches')).toBeVisible()
    await button('Clear the filters').click()
    await see(page.getByRole('row').nth(1)).toBeVisible()
    await see(page).not.toHaveURL(/user=nobody/)
  })
})

describe('who is signed in', () => {
  it('no more is told so where they save, signs in over what is typed, and saves it', async () => {
    const own = await signIn(running.product.url, email, PASSWORD, PASSWORD)
    const { page: theirs, complaints, close } = await visit(running.url, { cookie: own.cookie, expected })
    await theirs.goto(`${ids.environment}/api-keys/new`)
    await theirs.getByRole('textbox', { name: 'Name', exact: true }).fill('too-late')
    await own.call('POST', '/auth/sign-out')
    await theirs.getByRole('button', { name: 'Create API key' }).click()
    const dialog = theirs.getByRole('dialog', { name: 'Your session has ended' })
    await dialog.getByLabel('Password').fill(PASSWORD)
    await dialog.getByRole('button', { name: 'Sign in' }).click()
    await see(dialog).toHaveCount(0)
    await see(theirs.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('too-late')
    await theirs.getByRole('button', { name: 'Create API key' }).click()
    await see(theirs.getByRole('dialog').getByText(/^sk-vmx-/)).toBeVisible()
    expect(complaints).toEqual([])
    await close()
  })

  it('with a wrong password is not, keeps the address typed; and chooses a first password that is the same twice', async () => {
    const { oneTimePassword } = await session.call<{ oneTimePassword: string }>('POST', '/users', {
      email: 'new@example.com',
      name: 'Nell New',
    })
    const { page: theirs, complaints, close } = await visit(running.url, { expected })
    await theirs.goto('/sign-in')
    await theirs.getByLabel('E-mail address').fill('new@example.com')
    await theirs.getByLabel('Password').fill('not the password')
    await theirs.getByRole('button', { name: 'Sign in' }).click()
    await see(theirs.getByRole('alert').filter({ hasText: /password/i })).toBeVisible()
    await see(theirs.getByLabel('E-mail address')).toHaveValue('new@example.com')

    await theirs.getByLabel('Password').fill(oneTimePassword)
    await theirs.getByRole('button', { name: 'Sign in' }).click()
    await theirs.getByLabel('One-time password').fill(oneTimePassword)
    await theirs.getByLabel(/^New password(?! once)/).fill(PASSWORD)
    await theirs.getByLabel('New password once more').fill(`${PASSWORD}s`)
    await theirs.getByRole('button', { name: 'Save and go on' }).click()
    const repeated = theirs.getByLabel('New password once more')
    await see(repeated).toHaveAccessibleDescription('is not the same as the new password')
    await see(repeated).toHaveValue(`${PASSWORD}s`)
    await repeated.fill(PASSWORD)
    await theirs.getByRole('button', { name: 'Save and go on' }).click()
    await see(theirs.getByText(/no workspace|may not see/i).first()).toBeVisible()
    expect(complaints).toEqual([])
    await close()
  })
})

describe('while the API is away', () => {
  it('a form keeps what was typed, lists say so, and all goes on when it is back', async () => {
    await page.goto(`${ids.environment}/api-keys/new`)
    const name = page.getByRole('textbox', { name: 'Name', exact: true })
    await name.fill('after-the-break')
    const second = await page.context().newPage()
    await second.goto(`${ids.environment}/sdk`)
    await settled(second)
    const { product } = running
    await product.stop()
    await button('Create API key').click()
    await see(page.getByRole('alert').filter({ hasText: 'The API can not be reached' })).toBeVisible()
    await see(name).toHaveValue('after-the-break')

    for (const label of ['Usage', 'Audit', 'Changes']) {
      await second.getByRole('link', { name: label, exact: true }).click()
      await see(second.getByRole('heading', { level: 1 })).toHaveText(label)
      await see(second.getByRole('main').getByText('The API can not be reached').first()).toBeVisible()
    }
    await second.reload()
    await see(second.getByText('The API can not be reached')).toBeVisible()

    const port = new URL(product.url).port
    await startProduct({ dataDir: product.dataDir, env: { ...ENV, PORT: port, TRUSTED_PROXIES: '127.0.0.1/32' } })
    await second.getByRole('button', { name: 'Try again' }).click()
    await see(second.getByRole('heading', { level: 1 })).toHaveText('Changes')
    await second.close()
    await button('Create API key').click()
    await see(page.getByRole('dialog').getByText(/^sk-vmx-/)).toBeVisible()
    await button('I have stored it').click()
    await see(page.getByRole('heading', { level: 1 })).toHaveText('after-the-break')
    await settled(page)
  })
})

it('a failing path leaves no other complaint in the browser’s console', () => {
  expect(visitor.complaints.filter((text) => !/ERR_INCOMPLETE_CHUNKED_ENCODING/.test(text))).toEqual([])
})
