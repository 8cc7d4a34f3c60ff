/** Where something is in a document, e.g. `workspaces[0].name`. */
export const place = (path: readonly PropertyKey[]): string => below('', path)

/** The same, of something below `parent`. Keys that are no plain words are quoted. */
export const below = (parent: string, path: readonly PropertyKey[]): string =>
  (parent + path.map(part).join('')).replace(/^\./, '')

const part = (key: PropertyKey) =>
  typeof key === 'number'
    ? `[${key}]`
    : /^\w+$/.test(String(key))
      ? `.${String(key)}`
      : `[${JSON.stringify(String(key))}]`
