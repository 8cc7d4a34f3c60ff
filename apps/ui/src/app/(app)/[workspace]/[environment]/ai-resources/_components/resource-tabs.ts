import { isSame } from '../../../../../../components/form/changed-fields.ts'

/** The tabs of the editor that edit, each with the fields that it shows. */
export const EDITING_TABS = {
  general: ['name', 'description', 'enabled', 'model', 'secondaryModels'],
  routing: ['routing'],
  fallback: ['fallback'],
  limits: ['capacity', 'maxConcurrent'],
  times: ['timeouts', 'retries'],
} as const

export type EditingTab = keyof typeof EDITING_TABS

const tabs = Object.keys(EDITING_TABS) as EditingTab[]

/** The tab that shows what is at a path, e.g. `routing` for `routing.0.when`. */
export const tabOf = (path: string): EditingTab | undefined =>
  tabs.find((tab) => EDITING_TABS[tab].some((field) => field === path.split('.')[0]))

/** The tabs on which something is wrong. */
export const tabsWithErrors = (errors: Readonly<Record<string, string>>): ReadonlySet<EditingTab> =>
  new Set(Object.keys(errors).flatMap((path) => tabOf(path) ?? []))

/** The tabs on which something differs from what is saved. */
export const tabsWithChanges = (base: object, values: object): ReadonlySet<EditingTab> =>
  new Set(
    tabs.filter((tab) =>
      EDITING_TABS[tab].some((field) => !isSame(Reflect.get(base, field), Reflect.get(values, field))),
    ),
  )
