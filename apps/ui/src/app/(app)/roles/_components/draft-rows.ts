import { explainPolicy, type PolicyDocument } from '@vm-x/contract'
import { PERMISSIONS } from '../../../../client/permissions.ts'
import type { AccessRow } from '../../../../components/access/access-rows.ts'

/** Every permission once: several operations ask for the same. */
export const KNOWN_PERMISSIONS = [
  ...new Map(Object.values(PERMISSIONS).map((one) => [`${one.action} ${one.on}`, one])).values(),
]

type Place = { readonly workspaceId?: string; readonly environmentId?: string }

/** What a role would allow in a place, or outside of workspaces, by which of its statements. */
export function draftRows(document: PolicyDocument, name: string, place: Place): AccessRow[] {
  const explain = explainPolicy([document])
  const sourceOf = ({ statement: index }: { readonly statement: number }) => {
    const statement = document.statements[index]
    return { roleId: undefined, roleName: name, statementIndex: index, ...(statement && { statement }) }
  }
  const ids: Readonly<Record<string, string | undefined>> = { ...place }
  return KNOWN_PERMISSIONS.flatMap(({ action, on, owner }) => {
    const resource = on.replace(/\{(\w+)\}/g, (parameter, key: string) => ids[key] ?? parameter)
    if (/\{workspaceId\}|\{environmentId\}\//.test(resource)) return []
    const { decision, by, exceptions } = explain(action, resource)
    const needs = on.includes('{workspaceId}') ? (owner ? ('owner' as const) : ('member' as const)) : null
    return [
      {
        action,
        resource: resource.replace(/\{\w+\}/g, '*'),
        decision,
        by: by && sourceOf(by),
        exceptions: exceptions.map(sourceOf),
        needs,
      },
    ]
  })
}
