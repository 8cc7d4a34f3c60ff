import { MANAGEMENT_PREFIX, managementRoutes, type Route } from '@vm-x/contract'
import { type MatrixRole, matrixMemberships, matrixRoles, verdictOf } from './permission-matrix.ts'

/** The reference page of who may call which route. */
export function permissionsPage(): string {
  const byTag = Map.groupBy(managementRoutes, ({ tag }) => tag)
  return `<!-- made by \`npm run generate\` from packages/contract/src/management/routes.ts -->

# Permissions

What every route of the management API, below \`${MANAGEMENT_PREFIX}\`, asks for, and who has it with one of the roles that
come with the product. Roles of your own name permissions and resources as they stand here; \`GET ${MANAGEMENT_PREFIX}/permissions\`
lists them.

- _all_: everyone with the role
- _members_: with the role, members and owners of the workspace; others are answered 404, as if it did not exist
- _owners_: with the role, owners of the workspace only; members are answered 403
- –: nobody by this role: 403

_or yourself_: everyone may ask it of themselves, with or without the permission.

Whoever is not signed in is answered 401 everywhere but where it says _public_.

## Roles of your own

A role is a list of statements: an \`effect\` (\`allow\` or \`deny\`) with patterns of \`actions\` and \`resources\`. All roles of a
user count together: what no statement allows is not allowed, and a deny overrides every allow. A role alone opens no
workspace: below \`workspace:{workspaceId}\` both the role and the membership must allow, where it says _owners_ as an owner.
[People and roles](../how-to/people-and-roles.md) has a role that may read one environment.

- Patterns are compared with the whole permission or resource and are case-sensitive. \`*\` is any run of characters of one
  segment, \`?\` one character; segments are what stands between \`/\` and \`:\`. As the last character of a pattern, \`*\` is
  everything that follows: \`workspace:*\` is all workspaces and all that is in them.
- Resources are built from ids, never from names.
- Where something is listed or created, its id is \`*\`: a pattern for \`…/ai-connection:*\` covers that and each connection, one
  that names the id of a connection does not cover the list.
- \`workspace:W/environment:E/*\` is all that is in the environment, but not the environment: name
  \`workspace:W/environment:E\` beside it.
- Lists leave out what you may not get: where there is a \`<kind>:get\`, \`<kind>:list\` without it lists nothing.
- A statement that can never take effect is refused, and so is a role that permits more than your own roles do.
${[...byTag].map(([tag, routes]) => section(tag, routes)).join('')}`
}

const section = (tag: string, routes: readonly Route[]) => `
## ${tag}

| route | permission | resource | ${matrixRoles.map((role) => (role === 'none' ? 'no role' : role)).join(' | ')} |
| --- | --- | --- | ${matrixRoles.map(() => '---').join(' | ')} |
${routes.map(row).join('\n')}
`

function row(route: Route): string {
  const { access, method, path } = route
  const [asked, on] =
    access.kind === 'permission'
      ? [`\`${access.action}\`${access.exceptOwn ? ', or _yourself_' : ''}`, `\`${access.on}\``]
      : [access.kind === 'public' ? '_public_' : '_to be signed in_', '']
  const cells = [`\`${method} ${path}\``, asked, on, ...matrixRoles.map((role) => whoMay(route, role))]
  return `| ${cells.join(' | ')} |`
}

function whoMay(route: Route, role: MatrixRole): string {
  const allowed = matrixMemberships.filter((membership) => verdictOf(route, role, membership) === 'allowed')
  return WHO[allowed.length] ?? '–'
}

/** Outsiders may nothing that members may not, and members nothing that owners may not. */
const WHO = ['–', 'owners', 'members', 'all']
