import { testDatabases } from '@vm-x/storage/testing'
import { describe, expect, test } from 'vitest'
import { findCredential } from './credential.ts'
import { caller, NEXT, PASSWORD, signInWorld } from './sign-in.fixture.ts'
import type { Started } from './sign-in.ts'

describe.each(testDatabases)('on $kind', ({ open }) => {
  const world = signInWorld(open)

  describe('changing the password', () => {
    const change = (signedIn: Started, current = PASSWORD, next = NEXT, record = async () => {}) =>
      world.signIn.changePassword({ ...caller, signedIn, current, next, record })

    test('ends every session but a new one, and from then on only the new password is right', async () => {
      await world.user('ada@example.com')
      const [here, elsewhere] = [
        await world.started(world.attempt('ada@example.com')),
        await world.started(world.attempt('ada@example.com')),
      ]
      const renewed = await world.started(change(here))
      expect(await world.signIn.whoIs(renewed.cookie)).toMatchObject({ sessionId: renewed.sessionId })
      expect(await world.signIn.whoIs(here.cookie)).toBeUndefined()
      expect(await world.signIn.whoIs(elsewhere.cookie)).toBeUndefined()
      expect(await world.attempt('ada@example.com')).toEqual({ refused: 'wrong_credentials' })
      await world.started(world.attempt('ada@example.com', NEXT))
    })

    test('is what makes a user active who had to', async () => {
      const { id } = await world.user('ada@example.com', 'must_change_password')
      const renewed = await world.started(change(await world.started(world.attempt('ada@example.com'))))
      expect(renewed.user.state).toBe('active')
      expect((await world.signIn.whoIs(renewed.cookie))?.user.state).toBe('active')
      const [row] = await world.db.selectFrom('user').select(['version', 'updated_by']).execute()
      expect(row).toEqual({ version: 2, updated_by: id })
    })

    test.each([
      ['too short', 'must have 12 to 128 characters'],
      ['ADA.LOVELACE@example.com', 'must not be the e-mail address'],
      [PASSWORD, 'must not be the current one'],
    ])('to %j is refused with the reason, and nothing changes', async (next, problem) => {
      await world.user('ada.lovelace@example.com', 'must_change_password')
      const session = await world.started(world.attempt('ada.lovelace@example.com'))
      expect(await change(session, PASSWORD, next)).toEqual({ refused: 'unfit_password', problem })
      expect((await world.signIn.whoIs(session.cookie))?.user.state).toBe('must_change_password')
    })

    test('needs the current one, and five wrong ones make it wait as at sign-in', async () => {
      const account = await world.user('ada@example.com')
      const session = await world.started(world.attempt('ada@example.com'))
      for (let made = 0; made < 4; made++)
        expect(await change(session, 'another password')).toEqual({ refused: 'wrong_credentials' })
      const fifth = { refused: 'wrong_credentials', slowedDown: { account } }
      expect(await change(session, 'another password')).toEqual(fifth)
      expect(await change(session)).toEqual({ refused: 'too_many_attempts', retryAfterMs: 10_000 })
      expect(await world.signIn.whoIs(session.cookie)).toBeDefined()
    })

    test('that is not recorded does not happen', async () => {
      await world.user('ada@example.com', 'must_change_password')
      const session = await world.started(world.attempt('ada@example.com'))
      const failing = async () => {
        throw new Error('no audit')
      }
      await expect(change(session, PASSWORD, NEXT, failing)).rejects.toThrow('no audit')
      expect((await world.signIn.whoIs(session.cookie))?.user.state).toBe('must_change_password')
      await world.started(world.attempt('ada@example.com'))
    })

    test('twice at once happens once, and is recorded once', async () => {
      await world.user('ada@example.com')
      const session = await world.started(world.attempt('ada@example.com'))
      const recorded: string[] = []
      const both = ['staple correct horse 1', 'staple correct horse 2'].map(async (next) => {
        const outcome = await change(session, PASSWORD, next, async () => void recorded.push(next))
        return { next, changed: !('refused' in outcome) }
      })
      const changed = (await Promise.all(both)).filter(({ changed }) => changed).map(({ next }) => next)
      expect(changed).toHaveLength(1)
      expect(recorded).toEqual(changed)
      await world.started(world.attempt('ada@example.com', changed[0]))
    })

    test('of who is disabled meanwhile is refused, changes nothing and is not recorded', async () => {
      const { id } = await world.user('ada@example.com', 'must_change_password')
      const session = await world.started(world.attempt('ada@example.com'))
      const before = await findCredential(world.db, { userId: id })
      world.hasher.onVerified(() => world.disable(id))
      const recorded: string[] = []
      const outcome = await change(session, PASSWORD, NEXT, async () => void recorded.push(NEXT))
      expect(outcome).toEqual({ refused: 'wrong_credentials' })
      expect(recorded).toEqual([])
      expect(await findCredential(world.db, { userId: id })).toEqual({ ...before, state: 'disabled' })
    })
  })
})
