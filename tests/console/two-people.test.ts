import { expect, it } from 'vitest'
import { see, visit } from './browse.ts'
import { idsOf } from './pages.ts'
import { seed, signIn } from './seed.ts'
import { startConsole } from './start-console.ts'

it('two people who edit one resource see both changes, and lose none', async () => {
  const { url, product } = await startConsole()
  const { email = '', password = '' } = product.administrator ?? {}
  const session = await signIn(product.url, email, password, 'a password for pictures')
  const ids = await idsOf(await seed(product.url, session), session)
  const [first, second] = await Promise.all([
    visit(url, { cookie: session.cookie, expected: [412] }),
    visit(url, { cookie: session.cookie, expected: [412] }),
  ])
  const path = `${ids.environment}/ai-resources/${ids.resource}`
  for (const { page } of [first, second]) {
    await page.goto(path)
    await see(page.getByLabel('Description')).toBeVisible()
  }
  await first.page.getByLabel('Description').fill('Theirs')
  await first.page.getByRole('button', { name: 'Save', exact: true }).click()
  await see(first.page.getByText(/is saved/)).toBeVisible()

  // The one who is later changes the same field, and another one.
  await second.page.getByLabel('Description').fill('Mine')
  await second.page.getByLabel('Enabled').uncheck()
  await second.page.getByRole('button', { name: 'Save', exact: true }).click()
  const dialog = second.page.getByRole('dialog', { name: 'Somebody else saved this meanwhile' })
  await see(dialog.getByText('Theirs', { exact: true })).toBeVisible()
  await see(dialog.getByText('Mine', { exact: true })).toBeVisible()
  await see(dialog.getByText('both changed', { exact: true })).toBeVisible()

  await dialog.getByRole('button', { name: 'Back to the form' }).click()
  await see(second.page.getByLabel('Description')).toHaveValue('Mine')
  await second.page.getByRole('button', { name: 'Save', exact: true }).click()
  await dialog.getByRole('button', { name: 'Save my changes over it' }).click()
  await see(second.page.getByText(/is saved/)).toBeVisible()
  const resource = `${ids.environment.replace(/^\/([^/]+)\//, '/workspaces/$1/environments/')}/ai-resources/${ids.resource}`
  expect(await session.call('GET', resource)).toMatchObject({ description: 'Mine', enabled: false })

  // The first one, whose page is old by now, gives their change up.
  await first.page.getByLabel('Description').fill('Theirs again')
  await first.page.getByRole('button', { name: 'Save', exact: true }).click()
  await first.page.getByRole('button', { name: 'Discard mine, show theirs' }).click()
  await see(first.page.getByLabel('Description')).toHaveValue('Mine')
  for (const { complaints, close } of [first, second]) {
    expect(complaints).toEqual([])
    await close()
  }
})
