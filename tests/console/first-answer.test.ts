import { describe, expect, it } from 'vitest'
import { createPostgresDatabase } from '../integration/postgres-database.ts'
import { see, settled, visit } from './browse.ts'
import { startConsole } from './start-console.ts'

const PASSWORD = 'a password of my own'

const DATABASES = {
  'the embedded database': async () => ({}),
  PostgreSQL: async () => ({ DATABASE_URL: (await createPostgresDatabase({ migrated: true })).url }),
}

describe.each(Object.entries(DATABASES))('with %s', (_, settings) => {
  it('a person comes from the one-time password to an answered request and a key that works', async () => {
    const { url, product } = await startConsole({ env: await settings() })
    const { email = '', password = '' } = product.administrator ?? {}
    // Whether somebody is signed in is asked by asking.
    const { page, complaints, close } = await visit(url, { expected: [401] })
    await page.goto('/')
    await page.getByLabel('E-mail address').fill(email)
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByLabel('One-time password').fill(password)
    await page.getByLabel(/^New password(?! once)/).fill(PASSWORD)
    await page.getByLabel('New password once more').fill(PASSWORD)
    await page.getByRole('button', { name: 'Save and go on' }).click()
    await see(page.getByRole('heading', { level: 1, name: 'Getting started' })).toBeVisible()

    // An environment in which there is nothing.
    await page.getByRole('link', { name: 'Workspace settings' }).click()
    await page.getByRole('tab', { name: 'Environments' }).click()
    await page.getByRole('button', { name: 'Create an environment' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('team')
    await page.getByRole('dialog').getByRole('button', { name: 'Create', exact: true }).click()
    await page.getByRole('link', { name: 'team', exact: true }).click()
    await page.getByRole('button', { name: 'Use the demo provider' }).click()
    await page.getByRole('form', { name: 'Send a message' }).getByLabel('Message').fill('Are you there?')
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await see(page.getByText('Hello from the demo provider')).toBeVisible()
    await see(page.getByText('Are you there?', { exact: false }).last()).toBeVisible()

    await page.getByRole('button', { name: 'Create an API key' }).click()
    const dialog = page.getByRole('dialog')
    const key = (await dialog.getByText(/^sk-vmx-/).textContent()) ?? ''
    await dialog.getByRole('button', { name: 'I have stored it' }).click()
    await see(page.getByText('This environment is ready')).toBeVisible()
    const answer = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'demo', messages: [{ role: 'user', content: 'Hello!' }] }),
    })
    expect(answer.status).toBe(200)

    // What happened can be seen.
    await page.getByRole('link', { name: 'Audit', exact: true }).click()
    await settled(page)
    await see(page.getByText('demo').first()).toBeVisible()
    await page.getByRole('button', { name: /^Account of/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await see(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
    await page.goto('/account')
    await see(page).toHaveURL(/\/sign-in\?next=%2Faccount$/)
    expect(complaints).toEqual([])
    await close()
  })
})
