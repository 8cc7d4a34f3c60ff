type Connection = {
  readonly name: string
  readonly allowedModels: readonly string[] | null
  readonly models: Readonly<Record<string, unknown>>
}

type Known = {
  /** Models that the provider is known for. */
  readonly defaults: readonly string[]
  /** What the provider says that it offers. */
  readonly offered: readonly string[]
  /** What is chosen now: a choice even where it is not allowed. */
  readonly current: string
}

export type ModelChoice = { readonly model: string; readonly group: string }

/** The models of a connection to choose from, each once, with where it is known from; those of a group stand together. */
export function modelChoices(connection: Connection | undefined, { defaults, offered, current }: Known): ModelChoice[] {
  const groups: [string, readonly string[]][] =
    connection === undefined
      ? []
      : connection.allowedModels !== null
        ? [['Allowed by the connection', connection.allowedModels]]
        : [
            ['Set up at the connection', Object.keys(connection.models)],
            ['Suggested', defaults],
            ['Offered by the provider', offered],
          ]
  const seen = new Set<string>()
  const choices = groups.flatMap(([group, models]) =>
    models.flatMap((model) => {
      if (seen.has(model)) return []
      seen.add(model)
      return [{ model, group }]
    }),
  )
  const allowed = connection?.allowedModels === null || current === '' || seen.has(current)
  return allowed ? choices : [{ model: current, group: connection ? 'Chosen, but not allowed' : 'Chosen' }, ...choices]
}
