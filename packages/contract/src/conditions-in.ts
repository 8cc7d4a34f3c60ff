type Found<Condition> = {
  readonly condition: Condition
  /** How many conditions are around it. */
  readonly depth: number
}

/**
 * A condition with all that it is made of, each `all`, `any` and `not` too. Takes what nothing is known of, however deep
 * it is, and whoever asks may stop anywhere.
 */
export function* conditionsIn<Condition>(condition: Condition): Generator<Found<Condition>> {
  const left: Found<Condition>[] = [{ condition, depth: 0 }]
  for (let next = left.pop(); next; next = left.pop()) {
    yield next
    for (const part of partsOf(next.condition)) left.push({ condition: part, depth: next.depth + 1 })
  }
}

/** Of each form that it may be meant as. */
function partsOf<Condition>(condition: Condition): Condition[] {
  if (typeof condition !== 'object' || condition === null) return []
  const { all, any, not } = condition as { all?: unknown; any?: unknown; not?: Condition }
  return [...listed<Condition>(all), ...listed<Condition>(any), ...(not === undefined ? [] : [not])]
}

const listed = <Condition>(parts: unknown): readonly Condition[] => (Array.isArray(parts) ? parts : [])
