/** The wanted name, or the first of `<wanted>-2`, `<wanted>-3` … that nobody has; case does not tell names apart. */
export function freeName(wanted: string, taken: readonly string[]): string {
  const used = new Set(taken.map((name) => name.toLowerCase()))
  if (!used.has(wanted.toLowerCase())) return wanted
  for (let number = 2; ; number += 1) {
    const suffix = `-${number}`
    const name = `${wanted.slice(0, LONGEST - suffix.length)}${suffix}`
    if (!used.has(name.toLowerCase())) return name
  }
}

const LONGEST = 64

/** A model's name as a resource can have it, e.g. `llama-3` of `meta/llama 3`. */
export function nameOfModel(model: string): string {
  const last = model.slice(model.lastIndexOf('/') + 1)
  const name = last.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^-+|-+$/g, '')
  return name.slice(0, LONGEST) || 'model'
}

/**
 * Creates something under a name that is free. Lists may be old, or not for this person to see: a name that turns out to
 * be taken is passed over, a few times.
 */
export async function createNamed<Made>(
  wanted: string,
  taken: readonly string[],
  create: (name: string) => Promise<Made>,
  isTaken: (error: unknown) => boolean,
): Promise<Made> {
  const used = [...taken]
  for (let tries = 0; ; tries += 1) {
    const name = freeName(wanted, used)
    try {
      return await create(name)
    } catch (error) {
      if (!isTaken(error) || tries >= 20) throw error
      used.push(name)
    }
  }
}
