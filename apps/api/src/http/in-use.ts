import type { Policy } from '@vm-x/contract'
import { Problem, type UsedBy } from './problem.ts'
import { requirePermission } from './tenancy.ts'

/** What uses something or is in it, and what policies call it. */
export type Use = UsedBy & { readonly resource: string }

/**
 * The refusal `in_use`, which names what whoever asks may get, as far as that fits, and counts the rest.
 *
 * @param policy theirs; undefined for parts of the product, which may see everything
 * @param detail what to do about it, without a full stop
 */
export function inUse(policy: Policy | undefined, detail: string, uses: readonly Use[]): Problem {
  const visible = uses.filter(({ kind, resource }) => !policy || policy.allows(`${kind}:get`, resource))
  const named = visible.slice(0, MOST_NAMED)
  const [more, hidden] = [visible.length - named.length, uses.length - visible.length]
  const rest = [...(more > 0 ? [`${more} more`] : []), ...(hidden > 0 ? [`${hidden} more that you may not see`] : [])]
  return new Problem('in_use', [detail, ...rest].join('; and '), {
    usedBy: named.map(({ kind, id, name }) => ({ kind, id, name })),
  })
}

const MOST_NAMED = 20

/** For what goes with something else: each needs its own `<kind>:delete`. Throws `permission_missing`. */
export function requireDeletable(policy: Policy | undefined, uses: readonly Use[]): void {
  if (policy) for (const { kind, resource } of uses) requirePermission(policy, `${kind}:delete`, resource)
}
