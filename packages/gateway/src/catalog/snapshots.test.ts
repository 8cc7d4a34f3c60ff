import { describe, expect, it } from 'vitest'
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

  it('reads anew after an invalidation', async () => {
    const { catalog, snapshots } = world()
    await snapshots.get('e')
    catalog.environments.set('e', withResource('new'))
    snapshots.invalidate()
    expect(await names(snapshots)).toEqual(['new'])
  })

  it('does not keep what was read before an invalidation, even when it arrives after', async () => {
    const { catalog, snapshots } = world()
    const answer = catalog.hold()
    const underWay = snapshots.get('e')
    catalog.environments.set('e', withResource('new'))
    snapshots.invalidate()
    answer()
    await underWay
    expect(await names(snapshots)).toEqual(['new'])
  })

  it('keeps the newer load when the older one ends last', async () => {
    const { catalog, snapshots } = world()
    const answerOld = catalog.hold()
    const old = snapshots.get('e')
    catalog.environments.set('e', withResource('new'))
    snapshots.invalidate()
    const answerNew = catalog.hold()
    const recent = snapshots.get('e')
    answerNew()
    await recent
    answerOld()
    await old
    expect(await names(snapshots)).toEqual(['new'])
    expect(catalog.asked).toHaveLength(2)
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
