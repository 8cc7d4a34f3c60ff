import { describe, expect, it, vi } from 'vitest'
import { CatalogDouble, connectionEntry, environmentEntry, resourceEntry } from '../testing/catalog-double.ts'
import { compileSnapshot } from './snapshot.ts'
import { Snapshots } from './snapshots.ts'

const withResource = (name: string) => environmentEntry([connectionEntry('a')], [resourceEntry(name, ['a'])])

const noRules = { decide: () => ({ targets: undefined, blocked: undefined, matched: undefined, rules: [] }) }

const world = () => {
  const catalog = new CatalogDouble()
  catalog.environments.set('e', withResource('old'))
  return { catalog, snapshots: new Snapshots(catalog, (entry) => compileSnapshot(entry, () => noRules)) }
}

const names = async (snapshots: Snapshots) => [...(await snapshots.get('e')).resources.keys()]

describe('Snapshots', () => {
  it('reads an environment once and then answers from memory, without a promise', async () => {
    const { catalog, snapshots } = world()
    const first = await snapshots.get('e')
    expect(snapshots.get('e')).toBe(first)
    expect(catalog.asked).toEqual(['e'])
  })

  it('reads an environment once for all that ask for it at the same time', async () => {
    const { catalog, snapshots } = world()
    const answers = await Promise.all([snapshots.get('e'), snapshots.get('e'), snapshots.get('e')])
    expect(new Set(answers).size).toBe(1)
    expect(catalog.asked).toEqual(['e'])
  })

  it('503 when the catalog is away, and asks again at the next request', async () => {
    const { catalog, snapshots } = world()
    catalog.away = true
    await expect(snapshots.get('e')).rejects.toMatchObject({ code: 'unavailable', status: 503 })
    catalog.away = false
    expect(await names(snapshots)).toEqual(['old'])
  })

  it('goes on with the environments it knows while the catalog is away', async () => {
    const { catalog, snapshots } = world()
    await snapshots.get('e')
    catalog.away = true
    expect(await names(snapshots)).toEqual(['old'])
  })

  it('503 for an environment that does not exist any more', async () => {
    const { snapshots } = world()
    await expect(snapshots.get('gone')).rejects.toMatchObject({ code: 'unavailable', status: 503 })
  })
})

describe('a refresh', () => {
  const ENVIRONMENT = new Set(['e'])

  const known = async () => {
    const { catalog, snapshots } = world()
    await snapshots.get('e')
    return { catalog, snapshots, change: (name: string) => catalog.environments.set('e', withResource(name)) }
  }

  it.each([ENVIRONMENT, 'all'] as const)('brings what has changed of environments in memory: %s', async (which) => {
    const { catalog, snapshots, change } = await known()
    change('new')
    await snapshots.refresh(which)
    expect(catalog.asked).toHaveLength(2)
    expect(await names(snapshots)).toEqual(['new'])
    expect(catalog.asked).toHaveLength(2)
  })

  it('reads nothing of environments that are not in memory, or have not changed', async () => {
    const { catalog, snapshots } = await known()
    await snapshots.refresh(new Set(['unknown']))
    expect(catalog.asked).toEqual(['e'])
  })

  it('lets nobody wait: the old snapshot answers until the new one has arrived', async () => {
    const { catalog, snapshots, change } = await known()
    const old = snapshots.get('e')
    change('new')
    const answer = catalog.hold()
    const refreshed = snapshots.refresh(ENVIRONMENT)
    expect(snapshots.get('e')).toBe(old)
    answer()
    await refreshed
    expect(await names(snapshots)).toEqual(['new'])
  })

  it('fails while the catalog is away, and what is known stays', async () => {
    const { catalog, snapshots, change } = await known()
    change('new')
    catalog.away = true
    await expect(snapshots.refresh(ENVIRONMENT)).rejects.toMatchObject({ code: 'unavailable' })
    expect(await names(snapshots)).toEqual(['old'])
    catalog.away = false
    await snapshots.refresh(ENVIRONMENT)
    expect(await names(snapshots)).toEqual(['new'])
  })

  it('refreshes all others when one environment fails', async () => {
    const catalog = new CatalogDouble()
    const broken = new Set<string>()
    const snapshots = new Snapshots(catalog, (entry) => {
      if (broken.has(entry.id)) throw new Error('a rule that does not compile')
      return compileSnapshot(entry, () => noRules)
    })
    const ids = Array.from({ length: 10 }, (_, i) => `e${i}`)
    for (const id of ids) {
      catalog.environments.set(id, { ...withResource('old'), id })
      await snapshots.get(id)
      catalog.environments.set(id, { ...withResource('new'), id })
    }
    broken.add('e3')
    await expect(snapshots.refresh('all')).rejects.toThrow('a rule that does not compile')
    for (const id of ids) expect((await snapshots.get(id)).resources.has(id === 'e3' ? 'old' : 'new')).toBe(true)
  })

  it('tells once that an environment is gone, and nothing of one that was never in memory', async () => {
    const { catalog } = world()
    const gone: string[] = []
    const snapshots = new Snapshots(
      catalog,
      (entry) => compileSnapshot(entry, () => noRules),
      undefined,
      (id) => gone.push(id),
    )
    await snapshots.get('e')
    await snapshots.refresh('all')
    expect(gone).toEqual([])
    catalog.environments.clear()
    await snapshots.refresh('all')
    await snapshots.refresh(new Set(['e']))
    await expect(snapshots.get('e')).rejects.toMatchObject({ code: 'unavailable' })
    expect(gone).toEqual(['e'])
  })

  it('forgets an environment that is gone', async () => {
    const { catalog, snapshots } = await known()
    catalog.environments.clear()
    await snapshots.refresh(ENVIRONMENT)
    await expect(snapshots.get('e')).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('is done only when what was read is newer than it: a first read under way reads once more', async () => {
    const { catalog, snapshots } = world()
    const answer = catalog.hold()
    const first = snapshots.get('e')
    catalog.environments.set('e', withResource('new'))
    const refreshed = snapshots.refresh(ENVIRONMENT)
    answer()
    await refreshed
    expect([...(await first).resources.keys()]).toEqual(['new'])
    expect(await names(snapshots)).toEqual(['new'])
  })

  it('does not bring back what an earlier one has read', async () => {
    const { catalog, snapshots, change } = await known()
    change('newer')
    const answer = catalog.hold()
    const earlier = snapshots.refresh(ENVIRONMENT)
    change('newest')
    const later = snapshots.refresh(ENVIRONMENT)
    answer()
    await Promise.all([earlier, later])
    expect(await names(snapshots)).toEqual(['newest'])
  })

  it('takes on what changes in the moment after another one was done', async () => {
    const { snapshots, change } = await known()
    for (let turns = 0; turns < 20; turns++) {
      change(`first-${turns}`)
      const first = snapshots.refresh(ENVIRONMENT)
      for (let turn = 0; turn < turns; turn++) await Promise.resolve()
      change(`second-${turns}`)
      await snapshots.refresh(ENVIRONMENT)
      expect(await names(snapshots)).toEqual([`second-${turns}`])
      await first
    }
  })

  it('lets a first snapshot take requests only when it is prepared, later ones at once', async () => {
    const catalog = new CatalogDouble()
    catalog.environments.set('e', withResource('old'))
    const preparing: PromiseWithResolvers<void>[] = []
    const snapshots = new Snapshots(
      catalog,
      (entry) => compileSnapshot(entry, () => noRules),
      () => {
        const next = Promise.withResolvers<void>()
        preparing.push(next)
        return next.promise
      },
    )
    let answered = false
    const first = Promise.resolve(snapshots.get('e')).finally(() => {
      answered = true
    })
    await vi.waitFor(() => expect(preparing).toHaveLength(1))
    expect(answered).toBe(false)
    preparing[0]?.resolve()
    await first

    catalog.environments.set('e', withResource('new'))
    const { prepared } = await snapshots.refresh(ENVIRONMENT)
    expect(await names(snapshots)).toEqual(['new'])
    preparing[1]?.resolve()
    await prepared
  })
})
