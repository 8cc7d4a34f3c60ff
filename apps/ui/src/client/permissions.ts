// made by `npm run generate` from packages/contract/src/management/routes.ts

/** What each operation asks for, and on what; `owner`: also to own the workspace. */
export const PERMISSIONS = {
  listUsers: { action: 'user:list', on: 'user:*', owner: false },
  createUser: { action: 'user:create', on: 'user:*', owner: false },
  getUser: { action: 'user:get', on: 'user:{userId}', owner: false },
  updateUser: { action: 'user:update', on: 'user:{userId}', owner: false },
  deleteUser: { action: 'user:delete', on: 'user:{userId}', owner: false },
  resetPassword: { action: 'user:reset-password', on: 'user:{userId}', owner: false },
  getUserAccess: { action: 'user:get', on: 'user:{userId}', owner: false },
  listUserSessions: { action: 'user-session:list', on: 'user:{userId}', owner: false },
  endUserSessions: { action: 'user-session:delete', on: 'user:{userId}', owner: false },
  listRoles: { action: 'role:list', on: 'role:*', owner: false },
  createRole: { action: 'role:create', on: 'role:*', owner: false },
  getRole: { action: 'role:get', on: 'role:{roleId}', owner: false },
  updateRole: { action: 'role:update', on: 'role:{roleId}', owner: false },
  deleteRole: { action: 'role:delete', on: 'role:{roleId}', owner: false },
  listRoleMembers: { action: 'role-member:list', on: 'role:{roleId}/role-member:*', owner: false },
  addRoleMember: { action: 'role-member:create', on: 'role:{roleId}/role-member:{userId}', owner: false },
  removeRoleMember: { action: 'role-member:delete', on: 'role:{roleId}/role-member:{userId}', owner: false },
  listWorkspaces: { action: 'workspace:list', on: 'workspace:*', owner: false },
  createWorkspace: { action: 'workspace:create', on: 'workspace:*', owner: false },
  getWorkspace: { action: 'workspace:get', on: 'workspace:{workspaceId}', owner: false },
  updateWorkspace: { action: 'workspace:update', on: 'workspace:{workspaceId}', owner: true },
  deleteWorkspace: { action: 'workspace:delete', on: 'workspace:{workspaceId}', owner: true },
  listWorkspaceMembers: {
    action: 'workspace-member:list',
    on: 'workspace:{workspaceId}/workspace-member:*',
    owner: false,
  },
  addWorkspaceMember: {
    action: 'workspace-member:create',
    on: 'workspace:{workspaceId}/workspace-member:*',
    owner: true,
  },
  updateWorkspaceMember: {
    action: 'workspace-member:update',
    on: 'workspace:{workspaceId}/workspace-member:{userId}',
    owner: true,
  },
  removeWorkspaceMember: {
    action: 'workspace-member:delete',
    on: 'workspace:{workspaceId}/workspace-member:{userId}',
    owner: true,
  },
  listEnvironments: { action: 'environment:list', on: 'workspace:{workspaceId}/environment:*', owner: false },
  createEnvironment: { action: 'environment:create', on: 'workspace:{workspaceId}/environment:*', owner: false },
  getEnvironment: {
    action: 'environment:get',
    on: 'workspace:{workspaceId}/environment:{environmentId}',
    owner: false,
  },
  updateEnvironment: {
    action: 'environment:update',
    on: 'workspace:{workspaceId}/environment:{environmentId}',
    owner: false,
  },
  deleteEnvironment: {
    action: 'environment:delete',
    on: 'workspace:{workspaceId}/environment:{environmentId}',
    owner: false,
  },
  listProviders: {
    action: 'provider:list',
    on: 'workspace:{workspaceId}/environment:{environmentId}/provider:*',
    owner: false,
  },
  listAiConnections: {
    action: 'ai-connection:list',
    on: 'workspace:{workspaceId}/environment:{environmentId}/ai-connection:*',
    owner: false,
  },
  createAiConnection: {
    action: 'ai-connection:create',
    on: 'workspace:{workspaceId}/environment:{environmentId}/ai-connection:*',
    owner: false,
  },
  testNewAiConnection: {
    action: 'ai-connection:create',
    on: 'workspace:{workspaceId}/environment:{environmentId}/ai-connection:*',
    owner: false,
  },
  getAiConnection: {
    action: 'ai-connection:get',
    on: 'workspace:{workspaceId}/environment:{environmentId}/ai-connection:{aiConnectionId}',
    owner: false,
  },
  updateAiConnection: {
    action: 'ai-connection:update',
    on: 'workspace:{workspaceId}/environment:{environmentId}/ai-connection:{aiConnectionId}',
    owner: false,
  },
  deleteAiConnection: {
    action: 'ai-connection:delete',
    on: 'workspace:{workspaceId}/environment:{environmentId}/ai-connection:{aiConnectionId}',
    owner: false,
  },
  testAiConnection: {
    action: 'ai-connection:test',
    on: 'workspace:{workspaceId}/environment:{environmentId}/ai-connection:{aiConnectionId}',
    owner: false,
  },
  listAiConnectionModels: {
    action: 'ai-connection:list-models',
    on: 'workspace:{workspaceId}/environment:{environmentId}/ai-connection:{aiConnectionId}',
    owner: false,
  },
  listAiConnectionUses: {
    action: 'ai-connection:get',
    on: 'workspace:{workspaceId}/environment:{environmentId}/ai-connection:{aiConnectionId}',
    owner: false,
  },
  listAiResources: {
    action: 'ai-resource:list',
    on: 'workspace:{workspaceId}/environment:{environmentId}/ai-resource:*',
    owner: false,
  },
  createAiResource: {
    action: 'ai-resource:create',
    on: 'workspace:{workspaceId}/environment:{environmentId}/ai-resource:*',
    owner: false,
  },
  getAiResource: {
    action: 'ai-resource:get',
    on: 'workspace:{workspaceId}/environment:{environmentId}/ai-resource:{aiResourceId}',
    owner: false,
  },
  updateAiResource: {
    action: 'ai-resource:update',
    on: 'workspace:{workspaceId}/environment:{environmentId}/ai-resource:{aiResourceId}',
    owner: false,
  },
  deleteAiResource: {
    action: 'ai-resource:delete',
    on: 'workspace:{workspaceId}/environment:{environmentId}/ai-resource:{aiResourceId}',
    owner: false,
  },
  listAiResourceRevisions: {
    action: 'ai-resource:get',
    on: 'workspace:{workspaceId}/environment:{environmentId}/ai-resource:{aiResourceId}',
    owner: false,
  },
  getAiResourceRevision: {
    action: 'ai-resource:get',
    on: 'workspace:{workspaceId}/environment:{environmentId}/ai-resource:{aiResourceId}',
    owner: false,
  },
  restoreAiResourceRevision: {
    action: 'ai-resource:update',
    on: 'workspace:{workspaceId}/environment:{environmentId}/ai-resource:{aiResourceId}',
    owner: false,
  },
  routeNewAiResource: {
    action: 'ai-resource:create',
    on: 'workspace:{workspaceId}/environment:{environmentId}/ai-resource:*',
    owner: false,
  },
  routeAiResource: {
    action: 'ai-resource:route',
    on: 'workspace:{workspaceId}/environment:{environmentId}/ai-resource:{aiResourceId}',
    owner: false,
  },
  chatWithAiResource: {
    action: 'completion:execute',
    on: 'workspace:{workspaceId}/environment:{environmentId}/ai-resource:{aiResourceId}',
    owner: false,
  },
  listApiKeys: {
    action: 'api-key:list',
    on: 'workspace:{workspaceId}/environment:{environmentId}/api-key:*',
    owner: false,
  },
  createApiKey: {
    action: 'api-key:create',
    on: 'workspace:{workspaceId}/environment:{environmentId}/api-key:*',
    owner: false,
  },
  getApiKey: {
    action: 'api-key:get',
    on: 'workspace:{workspaceId}/environment:{environmentId}/api-key:{apiKeyId}',
    owner: false,
  },
  updateApiKey: {
    action: 'api-key:update',
    on: 'workspace:{workspaceId}/environment:{environmentId}/api-key:{apiKeyId}',
    owner: false,
  },
  rotateApiKey: {
    action: 'api-key:rotate',
    on: 'workspace:{workspaceId}/environment:{environmentId}/api-key:{apiKeyId}',
    owner: false,
  },
  deleteApiKey: {
    action: 'api-key:delete',
    on: 'workspace:{workspaceId}/environment:{environmentId}/api-key:{apiKeyId}',
    owner: false,
  },
  getPoolDefinition: {
    action: 'prioritization:get',
    on: 'workspace:{workspaceId}/environment:{environmentId}/prioritization',
    owner: false,
  },
  replacePoolDefinition: {
    action: 'prioritization:update',
    on: 'workspace:{workspaceId}/environment:{environmentId}/prioritization',
    owner: false,
  },
  getCapacity: {
    action: 'capacity:get',
    on: 'workspace:{workspaceId}/environment:{environmentId}/capacity',
    owner: false,
  },
  listAudit: { action: 'audit:list', on: 'workspace:{workspaceId}/environment:{environmentId}/audit:*', owner: false },
  exportAudit: {
    action: 'audit:export',
    on: 'workspace:{workspaceId}/environment:{environmentId}/audit:*',
    owner: false,
  },
  tailAudit: { action: 'audit:list', on: 'workspace:{workspaceId}/environment:{environmentId}/audit:*', owner: false },
  getAuditExchange: {
    action: 'audit:get',
    on: 'workspace:{workspaceId}/environment:{environmentId}/audit:{exchangeId}',
    owner: false,
  },
  queryUsage: { action: 'usage:query', on: 'workspace:{workspaceId}/environment:{environmentId}/usage', owner: false },
  listAuditEvents: { action: 'audit-event:list', on: 'audit-event:*', owner: false },
  getAuditEvent: { action: 'audit-event:get', on: 'audit-event:{auditEventId}', owner: false },
} as const

export type Operation = keyof typeof PERMISSIONS
