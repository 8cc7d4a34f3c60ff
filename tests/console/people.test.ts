import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { see, settled, type Visitor, visit } from './browse.ts'
import { type Ids, idsOf, PAGES } from './pages.ts'
import { OUTSIDER, READER, seed, signIn, signInAs } from './seed.ts'
import { type RunningConsole, startConsole } from './start-console.ts'

let running: RunningConsole
let ids: Ids

beforeAll(async () => {
  running = await startConsole()
  const { email = '', password = '' } = running.product.administrator ?? {}
  const session = await signIn(running.product.url, email, password, 'a password for pictures')
  ids = await idsOf(await seed(running.product.url, session), session)
})

/** Pages on which something is made: for who may not, they say so. */
const MAKING = ['ai-resource-new', 'ai-connection-new', 'api-key-new', 'role-new']

describe('who may only read', () => {
  let reader: Visitor
  beforeAll(async () => {
    const { cookie } = await signInAs(running.product.url, READER)
    // No page of theirs asks for anything that would be refused.
    reader = await visit(running.url, { cookie })
  })
  afterAll(() => reader?.close())

  it.each(PAGES.filter(({ name }) => !MAKING.includes(name)))(
    'sees $name, and is offered nothing that would be refused',
    async ({ path, heading }) => {
      const { page, complaints } = reader
      await page.goto(path(ids))
      await see(page.getByRole('heading', { level: 1 })).toHaveText(heading)
      await settled(page)
      const offered = page
        .getByRole('button', { name: CHANGING })
        .and(page.locator(':enabled:not([aria-disabled=true])'))
      expect(await offered.allTextContents()).toEqual([])
      expect(await page.getByRole('link', { name: MAKING_LINKS }).allTextContents()).toEqual([])
      expect(complaints.splice(0)).toEqual([])
    },
  )

  it.each(PAGES.filter(({ name }) => MAKING.includes(name)))('is told on $name that they may not', async ({ path }) => {
    const { page, complaints } = reader
    await page.goto(path(ids))
    await see(page.getByText(/You may not|do not allow|no role of yours/).first()).toBeVisible()
    expect(complaints.splice(0)).toEqual([])
  })
})

const NOBODYS: Ids = {
  workspace: '',
  environment: '',
  connection: '',
  resource: '',
  key: '',
  exchange: '',
  user: '',
  role: '',
}

const MAKING_LINKS = /^(New|Create)\b/

const CHANGING = /^(Create|Add|Delete|Revoke|Rotate|Save|New|Disable|Enable|Remove|Reset)\b(?!.*(column|filter))/

describe('who is in no workspace and has no role', () => {
  let outsider: Visitor
  beforeAll(async () => {
    const { cookie } = await signInAs(running.product.url, OUTSIDER)
    outsider = await visit(running.url, { cookie, expected: [403, 404] })
  })
  afterAll(() => outsider?.close())

  it('is told so where they come in', async () => {
    const { page } = outsider
    await page.goto('/')
    await see(page.getByText(/no workspace|may not see/i).first()).toBeVisible()
    await see(page.getByRole('link', { name: 'Users' })).toHaveCount(0)
  })

  // Tabs are of a page that is seen as a whole or not at all.
  it.each(PAGES.filter(({ name, path }) => name !== 'account' && !path(NOBODYS).includes('?tab=')))(
    'sees nothing of $name, and is told why',
    async ({ path }) => {
      const { page, complaints } = outsider
      await page.goto(path(ids))
      await settled(page)
      await see(page.getByText(/You may not see this|There is nothing here|may not|no member/i).first()).toBeVisible()
      expect(await page.content()).not.toMatch(/support-chat|openai-eu|support-backend|Rea Reader/)
      expect(complaints.splice(0)).toEqual([])
    },
  )
})
