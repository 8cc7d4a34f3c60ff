/** What is wrong with one rule, by the path within it, e.g. `when.all.0.value`; the rule itself is the empty path. */
export type RuleErrors = Readonly<Record<string, string>>

type PathError = { readonly path: string; readonly message: string }

/**
 * What is wrong with each rule, and with the list as a whole, out of errors of a resource: whether its paths are written
 * `draft.routing[0].when.all[1].value` or `routing.0.when.all.1.value`. Errors of other fields are left out.
 */
export function errorsOfRules(errors: readonly PathError[]): {
  readonly list: string | undefined
  readonly rules: ReadonlyMap<number, RuleErrors>
} {
  const rules = new Map<number, Record<string, string>>()
  const list: string[] = []
  for (const { path, message } of errors) {
    const [first, index, ...rest] = dotted(path)
      .replace(/^draft\./, '')
      .split('.')
    if (first !== 'routing') continue
    if (index === undefined || !/^\d+$/.test(index)) {
      list.push(message)
      continue
    }
    const at = rules.get(Number(index)) ?? {}
    const key = rest.join('.')
    // Where there is no connection yet, there is no model to name either.
    if (key.endsWith('.model') && at[key.replace(/model$/, 'connectionId')] === UNCHOSEN) continue
    const said = inWordsOfTheList(message)
    at[key] = at[key] === undefined ? said : `${at[key]}; ${said}`
    rules.set(Number(index), at)
  }
  return { list: list.length > 0 ? list.join('; ') : undefined, rules }
}

const dotted = (path: string) => path.replace(/\["([^"]*)"\]/g, '.$1').replace(/\[(\d+)\]/g, '.$1')

const UNCHOSEN = 'choose a connection'

/** The API counts rules as arrays do and knows connections by their ids, people as they are shown. */
const inWordsOfTheList = (message: string) =>
  message
    .replace(/^must be an id such as .*$/, UNCHOSEN)
    .replace(/\bsince rule (\d+)\b/, (_, index: string) => `since rule ${Number(index) + 1}`)

/** What is wrong at a path within a rule, and with the fields directly below it that are named. */
export function errorAt(
  errors: RuleErrors,
  path: readonly (string | number)[],
  ...fields: string[]
): string | undefined {
  const own = path.join('.')
  const paths = [own, ...fields.map((field) => (own ? `${own}.${field}` : field))]
  const messages = paths.flatMap((each) => errors[each] ?? [])
  return messages.length > 0 ? messages.join('; ') : undefined
}

/** Whether something is wrong at a path or anywhere below it. */
export const hasErrorBelow = (errors: RuleErrors, path: string): boolean =>
  Object.keys(errors).some((key) => key === path || key.startsWith(`${path}.`))
