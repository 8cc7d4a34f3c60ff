/** What is wrong with the target at a path of the API, e.g. `fallback.models.0`, or with a field of it. */
export function targetError(errors: Readonly<Record<string, string>>, path: string): string | undefined {
  const messages = [path, `${path}.connectionId`, `${path}.model`].flatMap((field) => errors[field] ?? [])
  return messages.length === 0 ? undefined : messages.join('; ')
}
