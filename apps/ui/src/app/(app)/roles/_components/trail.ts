/** Above every page of a role. */
export const ROLES_TRAIL = [{ label: 'Roles', href: '/roles' }]
