// made by `npm run generate` from the OpenAPI document
export interface paths {
    "/auth/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in
         * @description Sets the session cookie. A user has at most fifty sessions: with one more the oldest ends. The refusal is the same whether the account does not exist, is disabled, or has another password. Too many failures of an account or an address are answered with 429 and when to come back.
         */
        post: operations["signIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign out
         * @description Ends the session, where there is one, and takes the cookie back.
         */
        post: operations["signOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in, and what they may do */
        get: operations["getCurrentSession"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change the own password
         * @description Ends every other session of the user. A password has 12 to 128 characters and is not the e-mail address.
         */
        post: operations["changePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the own sessions */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/sessions/{sessionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End one of the own sessions */
        delete: operations["revokeSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List users
         * @description Needs the permission `user:list` on `user:*`.
         */
        get: operations["listUsers"];
        put?: never;
        /**
         * Create a user with a one-time password
         * @description Needs the permission `user:create` on `user:*`.
         */
        post: operations["createUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a user
         * @description Needs the permission `user:get` on `user:{userId}`.
         */
        get: operations["getUser"];
        put?: never;
        post?: never;
        /**
         * Delete a user
         * @description They leave every workspace. Refused for the last administrator and for the last owner of a workspace. Only for users whose roles do not exceed your own.
         *
         *     Needs the permission `user:delete` on `user:{userId}`.
         */
        delete: operations["deleteUser"];
        options?: never;
        head?: never;
        /**
         * Change, disable or enable a user
         * @description Disabling ends every session at once; refused for the last active administrator. Whoever is enabled again must change the password. Disabling, enabling, and changing the address, only for users whose roles do not exceed your own.
         *
         *     Needs the permission `user:update` on `user:{userId}`.
         */
        patch: operations["updateUser"];
        trace?: never;
    };
    "/users/{userId}/reset-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a user a new one-time password
         * @description Ends every session of the user. Only for users whose roles do not exceed your own, and not for yourself: `/auth/password` asks for the current one.
         *
         *     Needs the permission `user:reset-password` on `user:{userId}`.
         */
        post: operations["resetPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{userId}/access": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ask what a user may do, and by which statement
         * @description Every permission that there is in a workspace or an environment of yours, or outside of them, with what the roles of the user decide. The statements themselves are there for who may get their roles.
         *
         *     Needs the permission `user:get` on `user:{userId}`, but for your own.
         */
        get: operations["getUserAccess"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{userId}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the sessions of a user
         * @description Needs the permission `user-session:list` on `user:{userId}`.
         */
        get: operations["listUserSessions"];
        put?: never;
        post?: never;
        /**
         * End every session of a user
         * @description Only for users whose roles do not exceed your own.
         *
         *     Needs the permission `user-session:delete` on `user:{userId}`.
         */
        delete: operations["endUserSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/permissions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what policies can permit
         * @description Every action, and the pattern of the resources that it is done to.
         */
        get: operations["listPermissions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List roles
         * @description Needs the permission `role:list` on `role:*`.
         */
        get: operations["listRoles"];
        put?: never;
        /**
         * Create a role
         * @description Refused where it permits what your own roles do not, and where a statement can not take effect.
         *
         *     Needs the permission `role:create` on `role:*`.
         */
        post: operations["createRole"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/roles/{roleId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a role
         * @description Needs the permission `role:get` on `role:{roleId}`.
         */
        get: operations["getRole"];
        put?: never;
        post?: never;
        /**
         * Delete a role
         * @description Refused while somebody has it.
         *
         *     Needs the permission `role:delete` on `role:{roleId}`.
         */
        delete: operations["deleteRole"];
        options?: never;
        head?: never;
        /**
         * Change a role
         * @description What is built in can not be changed. Refused where it permits, or no longer denies, what your own roles do not allow. Who has the role is checked anew with their next request.
         *
         *     Needs the permission `role:update` on `role:{roleId}`.
         */
        patch: operations["updateRole"];
        trace?: never;
    };
    "/roles/{roleId}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List who has a role
         * @description Of the users that you may get.
         *
         *     Needs the permission `role-member:list` on `role:{roleId}/role-member:*`.
         */
        get: operations["listRoleMembers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/roles/{roleId}/members/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Give a role to a user
         * @description Refused where the role permits what your own roles do not. Giving it again changes nothing.
         *
         *     Needs the permission `role-member:create` on `role:{roleId}/role-member:{userId}`.
         */
        put: operations["addRoleMember"];
        post?: never;
        /**
         * Take a role from a user
         * @description Refused for the last administrator, and where the role denies what your own roles do not allow.
         *
         *     Needs the permission `role-member:delete` on `role:{roleId}/role-member:{userId}`.
         */
        delete: operations["removeRoleMember"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the workspaces that you are a member of
         * @description Needs the permission `workspace:list` on `workspace:*`.
         */
        get: operations["listWorkspaces"];
        put?: never;
        /**
         * Create a workspace and own it
         * @description Needs the permission `workspace:create` on `workspace:*`.
         */
        post: operations["createWorkspace"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspaceId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a workspace
         * @description Needs the permission `workspace:get` on `workspace:{workspaceId}`.
         */
        get: operations["getWorkspace"];
        put?: never;
        post?: never;
        /**
         * Delete a workspace
         * @description Refused while it has environments, unless `cascade=true`, which deletes them and all in them: it needs the permission to delete each.
         *
         *     Needs the permission `workspace:delete` on `workspace:{workspaceId}`, and to own the workspace.
         */
        delete: operations["deleteWorkspace"];
        options?: never;
        head?: never;
        /**
         * Change a workspace
         * @description Needs the permission `workspace:update` on `workspace:{workspaceId}`, and to own the workspace.
         */
        patch: operations["updateWorkspace"];
        trace?: never;
    };
    "/workspaces/{workspaceId}/leave": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Leave a workspace
         * @description Refused for its last owner.
         */
        post: operations["leaveWorkspace"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspaceId}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the members of a workspace
         * @description With their names and addresses, whatever the caller may see of users: members know each other.
         *
         *     Needs the permission `workspace-member:list` on `workspace:{workspaceId}/workspace-member:*`.
         */
        get: operations["listWorkspaceMembers"];
        put?: never;
        /**
         * Add a user to a workspace
         * @description Needs the permission `workspace-member:create` on `workspace:{workspaceId}/workspace-member:*`, and to own the workspace.
         */
        post: operations["addWorkspaceMember"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspaceId}/members/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove a member from a workspace
         * @description Refused for its last owner.
         *
         *     Needs the permission `workspace-member:delete` on `workspace:{workspaceId}/workspace-member:{userId}`, and to own the workspace.
         */
        delete: operations["removeWorkspaceMember"];
        options?: never;
        head?: never;
        /**
         * Make a member an owner, or an owner a member
         * @description Needs the permission `workspace-member:update` on `workspace:{workspaceId}/workspace-member:{userId}`, and to own the workspace.
         */
        patch: operations["updateWorkspaceMember"];
        trace?: never;
    };
    "/workspaces/{workspaceId}/environments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the environments of a workspace
         * @description Needs the permission `environment:list` on `workspace:{workspaceId}/environment:*`.
         */
        get: operations["listEnvironments"];
        put?: never;
        /**
         * Create an environment
         * @description Needs the permission `environment:create` on `workspace:{workspaceId}/environment:*`.
         */
        post: operations["createEnvironment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspaceId}/environments/{environmentId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an environment
         * @description Needs the permission `environment:get` on `workspace:{workspaceId}/environment:{environmentId}`.
         */
        get: operations["getEnvironment"];
        put?: never;
        post?: never;
        /**
         * Delete an environment
         * @description Refused while anything is in it, unless `cascade=true`, which needs the permission to delete each thing in it. Its pools go with it, audit and usage stay.
         *
         *     Needs the permission `environment:delete` on `workspace:{workspaceId}/environment:{environmentId}`.
         */
        delete: operations["deleteEnvironment"];
        options?: never;
        head?: never;
        /**
         * Change an environment
         * @description Needs the permission `environment:update` on `workspace:{workspaceId}/environment:{environmentId}`.
         */
        patch: operations["updateEnvironment"];
        trace?: never;
    };
    "/workspaces/{workspaceId}/environments/{environmentId}/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the providers that connections can be made to
         * @description With JSON Schemas of what a connection to each needs.
         *
         *     Needs the permission `provider:list` on `workspace:{workspaceId}/environment:{environmentId}/provider:*`.
         */
        get: operations["listProviders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspaceId}/environments/{environmentId}/ai-connections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the AI connections of an environment
         * @description Needs the permission `ai-connection:list` on `workspace:{workspaceId}/environment:{environmentId}/ai-connection:*`.
         */
        get: operations["listAiConnections"];
        put?: never;
        /**
         * Create an AI connection
         * @description An environment has at most 1000 of them.
         *
         *     Needs the permission `ai-connection:create` on `workspace:{workspaceId}/environment:{environmentId}/ai-connection:*`.
         */
        post: operations["createAiConnection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspaceId}/environments/{environmentId}/ai-connections/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Test an AI connection before it is saved
         * @description As `testAiConnection`, with a provider, an address and credentials that are not kept: the management audit tells the provider, the host and what came of it.
         *
         *     Needs the permission `ai-connection:create` on `workspace:{workspaceId}/environment:{environmentId}/ai-connection:*`.
         */
        post: operations["testNewAiConnection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspaceId}/environments/{environmentId}/ai-connections/{aiConnectionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an AI connection
         * @description Needs the permission `ai-connection:get` on `workspace:{workspaceId}/environment:{environmentId}/ai-connection:{aiConnectionId}`.
         */
        get: operations["getAiConnection"];
        put?: never;
        post?: never;
        /**
         * Delete an AI connection
         * @description Refused while an AI resource or an API key names it, unless `cascade=true`: that deletes every AI resource that uses it, also as a fallback only, and takes it from API keys. Needs the permissions to delete those resources and to update those API keys as well. As with any resource that is deleted, the API keys and pools that name it lose it, which takes no permission on them.
         *
         *     Needs the permission `ai-connection:delete` on `workspace:{workspaceId}/environment:{environmentId}/ai-connection:{aiConnectionId}`.
         */
        delete: operations["deleteAiConnection"];
        options?: never;
        head?: never;
        /**
         * Change an AI connection
         * @description A credential never follows to another place than the one it was given for: with another provider or address it must be given again. Models that an AI resource uses can not be taken from `allowedModels`.
         *
         *     Needs the permission `ai-connection:update` on `workspace:{workspaceId}/environment:{environmentId}/ai-connection:{aiConnectionId}`.
         */
        patch: operations["updateAiConnection"];
        trace?: never;
    };
    "/workspaces/{workspaceId}/environments/{environmentId}/ai-connections/{aiConnectionId}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Test an AI connection
         * @description Asks the provider for its models, or `model` for one token where it has no list of them. Answers with status 200 whatever comes of it; within 10 seconds. Only a few providers are asked at once: what is more is refused with 503. Each test is told in the management audit.
         *
         *     Needs the permission `ai-connection:test` on `workspace:{workspaceId}/environment:{environmentId}/ai-connection:{aiConnectionId}`.
         */
        post: operations["testAiConnection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspaceId}/environments/{environmentId}/ai-connections/{aiConnectionId}/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the models that the provider offers through an AI connection
         * @description Asks the provider, with the credential of the connection. Where it does not answer with a list, `error` says why, with status 200.
         *
         *     Needs the permission `ai-connection:list-models` on `workspace:{workspaceId}/environment:{environmentId}/ai-connection:{aiConnectionId}`.
         */
        get: operations["listAiConnectionModels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspaceId}/environments/{environmentId}/ai-connections/{aiConnectionId}/used-by": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what uses an AI connection
         * @description AI resources and API keys, as far as you may see them.
         *
         *     Needs the permission `ai-connection:get` on `workspace:{workspaceId}/environment:{environmentId}/ai-connection:{aiConnectionId}`.
         */
        get: operations["listAiConnectionUses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspaceId}/environments/{environmentId}/ai-resources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the AI resources of an environment
         * @description Needs the permission `ai-resource:list` on `workspace:{workspaceId}/environment:{environmentId}/ai-resource:*`.
         */
        get: operations["listAiResources"];
        put?: never;
        /**
         * Create an AI resource
         * @description An environment has at most 1000 of them.
         *
         *     Needs the permission `ai-resource:create` on `workspace:{workspaceId}/environment:{environmentId}/ai-resource:*`.
         */
        post: operations["createAiResource"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspaceId}/environments/{environmentId}/ai-resources/{aiResourceId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an AI resource
         * @description Needs the permission `ai-resource:get` on `workspace:{workspaceId}/environment:{environmentId}/ai-resource:{aiResourceId}`.
         */
        get: operations["getAiResource"];
        put?: never;
        post?: never;
        /**
         * Delete an AI resource
         * @description API keys and pools that name it lose it. Its audit and usage stay, its revisions do not.
         *
         *     Needs the permission `ai-resource:delete` on `workspace:{workspaceId}/environment:{environmentId}/ai-resource:{aiResourceId}`.
         */
        delete: operations["deleteAiResource"];
        options?: never;
        head?: never;
        /**
         * Change an AI resource
         * @description The next request is routed by it; those under way go on as they began.
         *
         *     Needs the permission `ai-resource:update` on `workspace:{workspaceId}/environment:{environmentId}/ai-resource:{aiResourceId}`.
         */
        patch: operations["updateAiResource"];
        trace?: never;
    };
    "/workspaces/{workspaceId}/environments/{environmentId}/ai-resources/{aiResourceId}/revisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the saved revisions of an AI resource
         * @description Oldest first.
         *
         *     Needs the permission `ai-resource:get` on `workspace:{workspaceId}/environment:{environmentId}/ai-resource:{aiResourceId}`.
         */
        get: operations["listAiResourceRevisions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspaceId}/environments/{environmentId}/ai-resources/{aiResourceId}/revisions/{revisionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a revision of an AI resource
         * @description Needs the permission `ai-resource:get` on `workspace:{workspaceId}/environment:{environmentId}/ai-resource:{aiResourceId}`.
         */
        get: operations["getAiResourceRevision"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspaceId}/environments/{environmentId}/ai-resources/{aiResourceId}/revisions/{revisionId}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make an AI resource what it was
         * @description All of it, its name too, as a next revision. Refused where it could not be saved like this now.
         *
         *     Needs the permission `ai-resource:update` on `workspace:{workspaceId}/environment:{environmentId}/ai-resource:{aiResourceId}`.
         */
        post: operations["restoreAiResourceRevision"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspaceId}/environments/{environmentId}/ai-resources/route": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask where a request would go before an AI resource is saved
         * @description As `routeAiResource`, of a resource that is not there: what could not be saved is refused as it would be then, but for a name that is taken.
         *
         *     Needs the permission `ai-resource:create` on `workspace:{workspaceId}/environment:{environmentId}/ai-resource:*`.
         */
        post: operations["routeNewAiResource"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspaceId}/environments/{environmentId}/ai-resources/{aiResourceId}/route": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask where a request would go
         * @description No provider is called, no limit is charged and nothing is recorded. With a `draft`, whose rules can look at any connection of the environment, it needs the permission `ai-resource:update` on the resource as well.
         *
         *     Needs the permission `ai-resource:route` on `workspace:{workspaceId}/environment:{environmentId}/ai-resource:{aiResourceId}`.
         */
        post: operations["routeAiResource"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspaceId}/environments/{environmentId}/ai-resources/{aiResourceId}/chat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Chat with an AI resource as who is signed in
         * @description What `POST /v1/chat/completions` does for an API key, limits of keys aside: the same routing, answers, streams and errors, recorded with the user. The body may have at most 1 MiB, as everywhere in this API: larger chats go to the data plane, with an API key.
         *
         *     Needs the permission `completion:execute` on `workspace:{workspaceId}/environment:{environmentId}/ai-resource:{aiResourceId}`.
         */
        post: operations["chatWithAiResource"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspaceId}/environments/{environmentId}/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the API keys of an environment
         * @description Needs the permission `api-key:list` on `workspace:{workspaceId}/environment:{environmentId}/api-key:*`.
         */
        get: operations["listApiKeys"];
        put?: never;
        /**
         * Create an API key
         * @description The answer is the only one that holds its `value`. An environment has at most 10000 of them.
         *
         *     Needs the permission `api-key:create` on `workspace:{workspaceId}/environment:{environmentId}/api-key:*`.
         */
        post: operations["createApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspaceId}/environments/{environmentId}/api-keys/{apiKeyId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an API key
         * @description Needs the permission `api-key:get` on `workspace:{workspaceId}/environment:{environmentId}/api-key:{apiKeyId}`.
         */
        get: operations["getApiKey"];
        put?: never;
        post?: never;
        /**
         * Revoke an API key
         * @description The next request with it is answered with 401. Its audit and usage stay.
         *
         *     Needs the permission `api-key:delete` on `workspace:{workspaceId}/environment:{environmentId}/api-key:{apiKeyId}`.
         */
        delete: operations["deleteApiKey"];
        options?: never;
        head?: never;
        /**
         * Change an API key
         * @description Needs the permission `api-key:update` on `workspace:{workspaceId}/environment:{environmentId}/api-key:{apiKeyId}`.
         */
        patch: operations["updateApiKey"];
        trace?: never;
    };
    "/workspaces/{workspaceId}/environments/{environmentId}/api-keys/{apiKeyId}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give an API key a new secret
         * @description The answer is the only one that holds the new `value`. The secret of before works for `graceSeconds` more, that of an earlier rotation no longer.
         *
         *     Needs the permission `api-key:rotate` on `workspace:{workspaceId}/environment:{environmentId}/api-key:{apiKeyId}`.
         */
        post: operations["rotateApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspaceId}/environments/{environmentId}/prioritization": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the priority pools of an environment
         * @description Before a definition is saved there is an empty one, at version 1. Definitions are kept, but requests are not admitted by them yet: see `inEffect`.
         *
         *     Needs the permission `prioritization:get` on `workspace:{workspaceId}/environment:{environmentId}/prioritization`.
         */
        get: operations["getPoolDefinition"];
        /**
         * Replace the priority pools of an environment
         * @description Send a pool with its `id` to keep it, without one to make it; what is left out ends. Definitions are kept, but requests are not admitted by them yet: see `inEffect`.
         *
         *     Needs the permission `prioritization:update` on `workspace:{workspaceId}/environment:{environmentId}/prioritization`.
         */
        put: operations["replacePoolDefinition"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspaceId}/environments/{environmentId}/capacity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See what is used and left of every limit that counts in an environment, and what was learned from answers
         * @description Limits of the environment and its workspace, its AI resources, its AI connections and their models, and its API keys, as far as they are enabled and you may see what they sit on. Then how far estimates of tokens were off, the limits that providers told of themselves, and the models that are not asked for a while since a provider answered 429. With Redis all figures are those of all replicas together, else those of the process that answers.
         *
         *     Needs the permission `capacity:get` on `workspace:{workspaceId}/environment:{environmentId}/capacity`.
         */
        get: operations["getCapacity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspaceId}/environments/{environmentId}/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the exchanges of an environment
         * @description Newest first. An exchange is here within about a second after its answer has ended. What takes more than 10 seconds is ended, with 503 `unavailable`: name a shorter time. 503 with `Retry-After`: too many reads are under way. On the embedded database a filter by several fields, or by `errorText`, is refused with 422 where more than 250,000 exchanges of the environment are in its span.
         *
         *     Needs the permission `audit:list` on `workspace:{workspaceId}/environment:{environmentId}/audit:*`.
         */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspaceId}/environments/{environmentId}/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export exchanges as a file
         * @description All that the filter names, newest first, streamed; that it was done is an audit event. `ndjson`: one exchange a line, as `getAuditExchange` shows it. `csv`: as RFC 4180 says, with a header; what a spreadsheet would take for a formula begins with an apostrophe. Its columns are `id, startedAt, durationMs, outcome, status, operation, stream, requestedModel, resourceId, connectionId, provider, model, apiKeyId, userId, user, correlationId, clientRequestId, inputTokens, cachedInputTokens, outputTokens, reasoningTokens, usageSource, estimatedInputTokens, estimatedOutputTokens, timeToFirstTokenMs, attempts, sourceAddress, metadata`: `attempts` is their number, `metadata` JSON. An export that fails under way breaks the connection off: only one that ends as HTTP says is complete. So it is when the session ends, or the permission, checked twice a minute, when the server stops, and when the client takes nothing for a minute or two. A server sends at most 4 exports at once, 2 of a user.
         *
         *     Needs the permission `audit:export` on `workspace:{workspaceId}/environment:{environmentId}/audit:*`.
         */
        get: operations["exportAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspaceId}/environments/{environmentId}/audit/tail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow exchanges as they end
         * @description Server-sent events `exchange`, each as `getAuditExchange` shows it, from now on, or from where `Last-Event-ID` says: none is left out, and none comes twice, save that the last half minute is repeated where replicas have stored exchanges out of order meanwhile, or very many came in it. Whoever comes back after more than 5 minutes gets those of the last 5 minutes. Ends when the session does, or the permission, checked twice a minute; breaks off when the client takes nothing for a minute or two.
         *
         *     Needs the permission `audit:list` on `workspace:{workspaceId}/environment:{environmentId}/audit:*`.
         */
        get: operations["tailAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspaceId}/environments/{environmentId}/audit/{exchangeId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get one exchange
         * @description Needs the permission `audit:get` on `workspace:{workspaceId}/environment:{environmentId}/audit:{exchangeId}`.
         */
        get: operations["getAuditExchange"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{workspaceId}/environments/{environmentId}/usage/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Measure what an environment uses
         * @description An exchange counts within about a second after its answer has ended. A query that takes more than 10 seconds is ended, with 503 `unavailable`: ask for a shorter time, fewer metrics or fewer groups. 503 with `Retry-After`: too many are under way. On the embedded database a span with more than 250,000 exchanges of the environment is refused with 422.
         *
         *     Needs the permission `usage:query` on `workspace:{workspaceId}/environment:{environmentId}/usage`.
         */
        post: operations["queryUsage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List changes through the management API
         * @description Newest first. Of a workspace only its members see anything. Left out is what happened to something that you may not get, and, outside of workspaces, what was done by a user that you may not get; but you see all that you have done yourself. So a page can be shorter than `limit`, or empty, with more to come. 503 with `Retry-After`: too many reads are under way. Where `DATABASE_RO_URL` names a replica, what has just happened can be missing for as long as the replica lags.
         *
         *     Needs the permission `audit-event:list` on `audit-event:*`.
         */
        get: operations["listAuditEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit-events/{auditEventId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get one change
         * @description Needs the permission `audit-event:get` on `audit-event:{auditEventId}`.
         */
        get: operations["getAuditEvent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AiConnection: {
            /** Format: uuid */
            id: string;
            name: components["schemas"]["Name"];
            /** @description The `id` of a provider */
            provider: string;
            config: components["schemas"]["ConnectionConfig"];
            /** @description A mask where there is one: it is never read back */
            credentials: {
                /** @constant */
                apiKey: "••••••••";
            } | null;
            /** @description What may be called through it; null: every model */
            allowedModels: string[] | null;
            /** @description By the model's name at the provider; not all need to be here */
            models: {
                [key: string]: components["schemas"]["ConnectionModel"];
            };
            timeouts: components["schemas"]["Timeouts"];
            capacity: components["schemas"]["Capacity"];
            maxConcurrent: number | null;
            /** @description Whether the limits that the provider tells with its answers are kept as limits of its models, as `enforce` says, or only shown */
            discoveredCapacity: components["schemas"]["DiscoveredCapacity"];
            enabled: boolean;
            origin: components["schemas"]["Origin"];
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            createdBy: string;
            updatedBy: string;
            version: number;
        };
        AiConnectionInput: {
            name: components["schemas"]["Name"];
            /** @description The `id` of a provider */
            provider: string;
            /** @description Default: `{}` */
            config?: components["schemas"]["ConnectionConfig"];
            /**
             * @description Sealed before it is stored, used for calls only, never read back; null: none
             *
             *     Default: `null`
             */
            credentials?: components["schemas"]["ConnectionCredentials"] | null;
            /**
             * @description What may be called through it; null: every model
             *
             *     Default: `null`
             */
            allowedModels?: string[] | null;
            /**
             * @description By the model's name at the provider; not all need to be here
             *
             *     Default: `{}`
             */
            models?: {
                [key: string]: components["schemas"]["ConnectionModelInput"];
            };
            /** @description Default: `{}` */
            timeouts?: components["schemas"]["Timeouts"];
            /** @description Default: `[]` */
            capacity?: components["schemas"]["CapacityInput"];
            /** @description Default: `null` */
            maxConcurrent?: number | null;
            /**
             * @description Whether the limits that the provider tells with its answers are kept as limits of its models, as `enforce` says, or only shown
             *
             *     Default: `"ignore"`
             */
            discoveredCapacity?: components["schemas"]["DiscoveredCapacity"];
            /** @description Default: `true` */
            enabled?: boolean;
        };
        AiConnectionPatch: {
            name?: components["schemas"]["Name"];
            /** @description The `id` of a provider */
            provider?: string;
            config?: components["schemas"]["ConnectionConfig"];
            /** @description Sealed before it is stored, used for calls only, never read back; null: none */
            credentials?: components["schemas"]["ConnectionCredentials"] | null;
            /** @description What may be called through it; null: every model */
            allowedModels?: string[] | null;
            /** @description By the model's name at the provider; not all need to be here */
            models?: {
                [key: string]: components["schemas"]["ConnectionModelInput"];
            };
            timeouts?: components["schemas"]["Timeouts"];
            capacity?: components["schemas"]["CapacityInput"];
            maxConcurrent?: number | null;
            /** @description Whether the limits that the provider tells with its answers are kept as limits of its models, as `enforce` says, or only shown */
            discoveredCapacity?: components["schemas"]["DiscoveredCapacity"];
            enabled?: boolean;
        };
        AiResource: {
            /** Format: uuid */
            id: string;
            name: components["schemas"]["Name"];
            description: string;
            /** @description What answers when no rule decides */
            model: components["schemas"]["Target"];
            /** @description The first rule that matches decides; none means `model` */
            routing: {
                /** @default  */
                description: string;
                /** @default true */
                enabled: boolean;
                when: components["schemas"]["Comparison"] | {
                    all: components["schemas"]["Condition"][];
                } | {
                    any: components["schemas"]["Condition"][];
                } | {
                    not: components["schemas"]["Condition"];
                } | {
                    expression: string;
                };
                then: {
                    target: components["schemas"]["Target"];
                } | {
                    split: {
                        target: components["schemas"]["Target"];
                        weight: number;
                    }[];
                    sticky?: string;
                } | {
                    block: string;
                } | {
                    /** @enum {string} */
                    balance: "latency" | "least-busy" | "round-robin";
                    targets: components["schemas"]["Target"][];
                };
                /** @default 100 */
                traffic: number;
            }[];
            /** @description Alternatives to `model` that a caller may ask for by index or name */
            secondaryModels: {
                /** @default null */
                name: components["schemas"]["Name"] | null;
                /** Format: uuid */
                connectionId: string;
                /** @description The model's name at the provider */
                model: string;
            }[];
            /** @description Tried when the target before failed in a way that another one can cure. Set as a whole */
            fallback: {
                /** @default true */
                enabled: boolean;
                /** @description In the order in which they are tried */
                models: components["schemas"]["Target"][];
                /**
                 * @description Only after these errors; null: after any of them
                 * @default null
                 */
                on: components["schemas"]["FallbackCause"][] | null;
            };
            /** @description What is absent is up to the connection. Set as a whole */
            timeouts: components["schemas"]["Timeouts"];
            /** @description Set as a whole */
            retries: components["schemas"]["Retries"];
            capacity: components["schemas"]["Capacity"];
            maxConcurrent: number | null;
            enabled: boolean;
            origin: components["schemas"]["Origin"];
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            createdBy: string;
            updatedBy: string;
            version: number;
        };
        AiResourceInput: {
            name: components["schemas"]["Name"];
            /** @description Default: `""` */
            description?: string;
            /** @description What answers when no rule decides */
            model: components["schemas"]["Target"];
            /**
             * @description The first rule that matches decides; none means `model`
             *
             *     Default: `[]`
             */
            routing?: {
                /** @description Default: `""` */
                description?: string;
                /** @description Default: `true` */
                enabled?: boolean;
                when: components["schemas"]["Comparison"] | {
                    all: components["schemas"]["Condition"][];
                } | {
                    any: components["schemas"]["Condition"][];
                } | {
                    not: components["schemas"]["Condition"];
                } | {
                    expression: string;
                };
                then: {
                    target: components["schemas"]["Target"];
                } | {
                    split: {
                        target: components["schemas"]["Target"];
                        weight: number;
                    }[];
                    sticky?: string;
                } | {
                    block: string;
                } | {
                    /** @enum {string} */
                    balance: "latency" | "least-busy" | "round-robin";
                    targets: components["schemas"]["Target"][];
                };
                /** @description Default: `100` */
                traffic?: number;
            }[];
            /**
             * @description Alternatives to `model` that a caller may ask for by index or name
             *
             *     Default: `[]`
             */
            secondaryModels?: {
                /** @description Default: `null` */
                name?: components["schemas"]["Name"] | null;
                /** Format: uuid */
                connectionId: string;
                /** @description The model's name at the provider */
                model: string;
            }[];
            /**
             * @description Tried when the target before failed in a way that another one can cure. Set as a whole
             *
             *     Default: `{"enabled":false,"models":[],"on":null}`
             */
            fallback?: {
                /** @description Default: `true` */
                enabled?: boolean;
                /** @description In the order in which they are tried */
                models: components["schemas"]["Target"][];
                /**
                 * @description Only after these errors; null: after any of them
                 *
                 *     Default: `null`
                 */
                on?: components["schemas"]["FallbackCause"][] | null;
            };
            /**
             * @description What is absent is up to the connection. Set as a whole
             *
             *     Default: `{}`
             */
            timeouts?: components["schemas"]["Timeouts"];
            /**
             * @description Set as a whole
             *
             *     Default: `{}`
             */
            retries?: components["schemas"]["Retries"];
            /** @description Default: `[]` */
            capacity?: components["schemas"]["CapacityInput"];
            /** @description Default: `null` */
            maxConcurrent?: number | null;
            /** @description Default: `true` */
            enabled?: boolean;
        };
        AiResourcePatch: {
            name?: components["schemas"]["Name"];
            description?: string;
            /** @description What answers when no rule decides */
            model?: components["schemas"]["Target"];
            /** @description The first rule that matches decides; none means `model` */
            routing?: {
                /** @description Default: `""` */
                description?: string;
                /** @description Default: `true` */
                enabled?: boolean;
                when: components["schemas"]["Comparison"] | {
                    all: components["schemas"]["Condition"][];
                } | {
                    any: components["schemas"]["Condition"][];
                } | {
                    not: components["schemas"]["Condition"];
                } | {
                    expression: string;
                };
                then: {
                    target: components["schemas"]["Target"];
                } | {
                    split: {
                        target: components["schemas"]["Target"];
                        weight: number;
                    }[];
                    sticky?: string;
                } | {
                    block: string;
                } | {
                    /** @enum {string} */
                    balance: "latency" | "least-busy" | "round-robin";
                    targets: components["schemas"]["Target"][];
                };
                /** @description Default: `100` */
                traffic?: number;
            }[];
            /** @description Alternatives to `model` that a caller may ask for by index or name */
            secondaryModels?: {
                /** @description Default: `null` */
                name?: components["schemas"]["Name"] | null;
                /** Format: uuid */
                connectionId: string;
                /** @description The model's name at the provider */
                model: string;
            }[];
            /** @description Tried when the target before failed in a way that another one can cure. Set as a whole */
            fallback?: {
                /** @description Default: `true` */
                enabled?: boolean;
                /** @description In the order in which they are tried */
                models: components["schemas"]["Target"][];
                /**
                 * @description Only after these errors; null: after any of them
                 *
                 *     Default: `null`
                 */
                on?: components["schemas"]["FallbackCause"][] | null;
            };
            /** @description What is absent is up to the connection. Set as a whole */
            timeouts?: components["schemas"]["Timeouts"];
            /** @description Set as a whole */
            retries?: components["schemas"]["Retries"];
            capacity?: components["schemas"]["CapacityInput"];
            maxConcurrent?: number | null;
            enabled?: boolean;
        };
        AiResourceRevision: {
            /** Format: uuid */
            id: string;
            revision: number;
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
        };
        AiResourceRevisionWithDocument: {
            /** Format: uuid */
            id: string;
            revision: number;
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
            /** @description The resource as it was saved, in the form in which it would be created anew */
            document: {
                [key: string]: unknown;
            };
        };
        ApiKey: {
            /** Format: uuid */
            id: string;
            publicId: string;
            name: components["schemas"]["Name"];
            description: string;
            enabled: boolean;
            /** @description What may be passed as `model`: `all`, or ids of AI resources. An empty list means none */
            resources: "all" | string[];
            /** @description Ids of AI connections whose models may be called directly as `<connection>/<model>` */
            connections: string[];
            /** @description For rules of routing, as `apiKey.labels` */
            labels: string[];
            capacity: components["schemas"]["Capacity"];
            maxConcurrent: number | null;
            /** @description Addresses and ranges (CIDR) of IPv4 and IPv6 that the key may be used from; null: any */
            allowedCidrs: string[] | null;
            /** @description When it stops to work; null: never */
            expiresAt: components["schemas"]["Moment"] | null;
            lastUsedAt: string | null;
            previousUntil: string | null;
            origin: components["schemas"]["Origin"];
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            createdBy: string;
            updatedBy: string;
            version: number;
        };
        ApiKeyInput: {
            name: components["schemas"]["Name"];
            /** @description Default: `""` */
            description?: string;
            /** @description Default: `true` */
            enabled?: boolean;
            /**
             * @description What may be passed as `model`: `all`, or ids of AI resources. An empty list means none
             *
             *     Default: `"all"`
             */
            resources?: "all" | string[];
            /**
             * @description Ids of AI connections whose models may be called directly as `<connection>/<model>`
             *
             *     Default: `[]`
             */
            connections?: string[];
            /**
             * @description For rules of routing, as `apiKey.labels`
             *
             *     Default: `[]`
             */
            labels?: string[];
            /** @description Default: `[]` */
            capacity?: components["schemas"]["CapacityInput"];
            /** @description Default: `null` */
            maxConcurrent?: number | null;
            /**
             * @description Addresses and ranges (CIDR) of IPv4 and IPv6 that the key may be used from; null: any
             *
             *     Default: `null`
             */
            allowedCidrs?: string[] | null;
            /**
             * @description When it stops to work; null: never
             *
             *     Default: `null`
             */
            expiresAt?: components["schemas"]["Moment"] | null;
        };
        ApiKeyPatch: {
            name?: components["schemas"]["Name"];
            description?: string;
            enabled?: boolean;
            /** @description What may be passed as `model`: `all`, or ids of AI resources. An empty list means none */
            resources?: "all" | string[];
            /** @description Ids of AI connections whose models may be called directly as `<connection>/<model>` */
            connections?: string[];
            /** @description For rules of routing, as `apiKey.labels` */
            labels?: string[];
            capacity?: components["schemas"]["CapacityInput"];
            maxConcurrent?: number | null;
            /** @description Addresses and ranges (CIDR) of IPv4 and IPv6 that the key may be used from; null: any */
            allowedCidrs?: string[] | null;
            /** @description When it stops to work; null: never */
            expiresAt?: components["schemas"]["Moment"] | null;
        };
        ApiKeyRotation: {
            /** @description Default: `0` */
            graceSeconds?: number;
        };
        ApiKeyWithValue: {
            /** Format: uuid */
            id: string;
            publicId: string;
            name: components["schemas"]["Name"];
            description: string;
            enabled: boolean;
            /** @description What may be passed as `model`: `all`, or ids of AI resources. An empty list means none */
            resources: "all" | string[];
            /** @description Ids of AI connections whose models may be called directly as `<connection>/<model>` */
            connections: string[];
            /** @description For rules of routing, as `apiKey.labels` */
            labels: string[];
            capacity: components["schemas"]["Capacity"];
            maxConcurrent: number | null;
            /** @description Addresses and ranges (CIDR) of IPv4 and IPv6 that the key may be used from; null: any */
            allowedCidrs: string[] | null;
            /** @description When it stops to work; null: never */
            expiresAt: components["schemas"]["Moment"] | null;
            lastUsedAt: string | null;
            previousUntil: string | null;
            origin: components["schemas"]["Origin"];
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            createdBy: string;
            updatedBy: string;
            version: number;
            value: string;
        };
        AuditEvent: {
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            at: string;
            workspaceId: string | null;
            environmentId: string | null;
            actor: {
                /** @enum {string} */
                kind: "user" | "system";
                id: string | null;
                name: string;
            };
            action: string;
            object: {
                kind: string;
                id: string;
                name: string | null;
            };
            before: {
                [key: string]: unknown;
            } | null;
            after: {
                [key: string]: unknown;
            } | null;
            sourceAddress: string | null;
            userAgent: string | null;
            requestId: string | null;
        };
        AuditExchange: {
            /** @description What the client saw as `x-request-id` */
            id: string;
            correlationId?: string;
            clientRequestId?: string;
            workspaceId?: string;
            environmentId?: string;
            apiKeyId?: string;
            userId?: string;
            resourceId?: string;
            operation: components["schemas"]["ExchangeOperation"];
            requestedModel?: string;
            stream: boolean;
            /** Format: date-time */
            startedAt: string;
            durationMs: number;
            outcome: components["schemas"]["ExchangeOutcome"];
            /** @description Towards the client; 499 when it had left */
            status: number;
            connectionId?: string;
            provider?: string;
            model?: string;
            usage?: {
                input: number;
                cachedInput: number;
                output: number;
                reasoning: number;
                /** @enum {string} */
                source: "reported" | "estimated";
            };
            estimate?: {
                input: number;
                output: number;
            };
            timeToFirstTokenMs?: number;
            sourceAddress: string;
            metadata?: {
                [key: string]: string;
            };
            user?: string;
            decision: components["schemas"]["DecisionRecord"];
        };
        /** @enum {string} */
        AuditExportFormat: "ndjson" | "csv";
        AuditPage: {
            items: components["schemas"]["AuditExchange"][];
            next?: string;
        };
        Capacity: components["schemas"]["Limit"][];
        CapacityInput: components["schemas"]["LimitInput"][];
        CapacityLimit: {
            owner: {
                /** @enum {string} */
                kind: "workspace" | "environment" | "ai-connection" | "ai-resource" | "api-key";
                /** Format: uuid */
                id: string;
                name: string;
                /** @description Of the connection, where the limit is that of one of its models */
                model?: string;
            };
            /**
             * @description `concurrent`: requests under way at the same time
             * @enum {string}
             */
            period: "concurrent" | "minute" | "hour" | "day" | "week" | "month" | "lifetime";
            /** @enum {string} */
            dimension?: "source-ip" | "user";
            /**
             * @description The provider has told it with its answers: it is not configured, but kept as the connection says
             * @constant
             */
            discovered?: true;
            /** @description Absent: requests are not limited */
            requests?: {
                limit: number;
                /** @description Absent where each value of the dimension is counted apart */
                used?: number;
                remaining?: number;
            };
            /** @description Input and output together. Absent: tokens are not limited */
            tokens?: {
                limit: number;
                /** @description Absent where each value of the dimension is counted apart */
                used?: number;
                remaining?: number;
            };
            /**
             * Format: date-time
             * @description When all of it is free again if nobody asks. Absent: nothing is in use, or nobody can know when
             */
            resetsAt?: string;
            /** @description How many values of its dimension are counted now */
            values?: number;
        };
        CapacityView: {
            /** Format: date-time */
            at: string;
            limits: components["schemas"]["CapacityLimit"][];
            estimates: components["schemas"]["EstimateError"][];
            discovered: components["schemas"]["DiscoveredLimits"][];
            held: components["schemas"]["HeldTarget"][];
            truncated: boolean;
        };
        ChatRequest: {
            [key: string]: unknown;
        };
        Comparison: {
            field: string;
            /** @enum {string} */
            op: "eq" | "ne" | "gt" | "gte" | "lt" | "lte" | "contains" | "notContains" | "startsWith" | "endsWith" | "matches" | "in" | "notIn" | "exists" | "notExists";
            value?: (string | number | boolean) | (string | number | boolean)[];
        };
        Condition: components["schemas"]["Comparison"] | {
            all: components["schemas"]["Condition"][];
        } | {
            any: components["schemas"]["Condition"][];
        } | {
            not: components["schemas"]["Condition"];
        };
        ConnectionConfig: {
            /** Format: uri */
            baseUrl?: string;
        };
        ConnectionCredentials: {
            apiKey?: string;
        };
        ConnectionModel: {
            /**
             * @description Input and output together: a request that is too long falls back only to a model with more
             * @default null
             */
            contextTokens: number | null;
            /**
             * @description The longest answer, for limits that reserve the ceiling of requests that state none
             * @default null
             */
            maxOutputTokens: number | null;
            /** @default [] */
            capacity: components["schemas"]["Capacity"];
            /** @default null */
            maxConcurrent: number | null;
        };
        ConnectionModelInput: {
            /**
             * @description Input and output together: a request that is too long falls back only to a model with more
             *
             *     Default: `null`
             */
            contextTokens?: number | null;
            /**
             * @description The longest answer, for limits that reserve the ceiling of requests that state none
             *
             *     Default: `null`
             */
            maxOutputTokens?: number | null;
            /** @description Default: `[]` */
            capacity?: components["schemas"]["CapacityInput"];
            /** @description Default: `null` */
            maxConcurrent?: number | null;
        };
        ConnectionTest: {
            ok: boolean;
            latencyMs: number | null;
            models: string[] | null;
            error: {
                code: string;
                message: string;
            } | null;
        };
        ConnectionTrial: {
            /** @description The `id` of a provider */
            provider: string;
            /** @description Default: `{}` */
            config?: components["schemas"]["ConnectionConfig"];
            /**
             * @description Sealed before it is stored, used for calls only, never read back; null: none
             *
             *     Default: `null`
             */
            credentials?: components["schemas"]["ConnectionCredentials"] | null;
            model?: string;
        };
        CurrentSession: {
            user: components["schemas"]["SignedInUser"];
            session: components["schemas"]["Session"];
            roles: {
                /** Format: uuid */
                id: string;
                name: string;
                policy: components["schemas"]["PolicyDocument"];
            }[];
        };
        DecisionRecord: {
            readonly rules?: {
                index: number;
                /** @enum {string} */
                result: "matched" | "not_matched" | "disabled" | "not_in_traffic" | "no_target" | "failed";
                conditions?: {
                    field: string;
                    op: string;
                    result: boolean;
                }[];
            }[];
            secondaryModel?: number;
            targets: {
                connectionId: string;
                connection: string;
                model: string;
            }[];
            attempts: {
                connectionId: string;
                connection: string;
                provider: string;
                model: string;
                /** @enum {string} */
                outcome: "pending" | "ok" | "circuit_open" | "held" | "invalid_api_key" | "resource_not_allowed" | "blocked_by_route" | "model_not_found" | "unknown_url" | "invalid_request" | "unsupported_parameter" | "request_timeout" | "headers_too_large" | "capacity_exceeded" | "target_busy" | "provider_rate_limited" | "provider_unavailable" | "provider_timeout" | "provider_auth_failed" | "provider_bad_answer" | "context_length_exceeded" | "content_filter" | "provider_rejected" | "provider_stream_failed" | "client_closed" | "unavailable" | "internal_error";
                /** @description A byte of it has left for the provider */
                sent: boolean;
                status?: number;
                providerCode?: string;
                providerRequestId?: string;
                fault?: string;
                malformedEvents?: number;
                durationMs?: number;
                waitedMs?: number;
                /** @constant */
                probe?: true;
                limit?: string;
            }[];
        };
        /** @enum {string} */
        DiscoveredCapacity: "ignore" | "enforce";
        DiscoveredLimits: {
            owner: {
                /** @enum {string} */
                kind: "workspace" | "environment" | "ai-connection" | "ai-resource" | "api-key";
                /** Format: uuid */
                id: string;
                name: string;
                /** @description Of the connection, where the limit is that of one of its models */
                model?: string;
            };
            /** @description In a minute */
            requests?: number;
            /** @description In a minute */
            tokens?: number;
            /**
             * Format: date-time
             * @description When it last said so; ten minutes later it is forgotten
             */
            at: string;
            /** @description Whether it is kept as a limit: `discoveredCapacity` of the connection */
            enforced: boolean;
        };
        /** Format: email */
        EmailAddress: string;
        Environment: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            workspaceId: string;
            name: components["schemas"]["Name"];
            capacity: components["schemas"]["Capacity"];
            maxConcurrent: number | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            createdBy: string;
            updatedBy: string;
            version: number;
        };
        EnvironmentInput: {
            name: components["schemas"]["Name"];
            /** @description Default: `[]` */
            capacity?: components["schemas"]["CapacityInput"];
            /** @description Default: `null` */
            maxConcurrent?: number | null;
        };
        EnvironmentPatch: {
            name?: components["schemas"]["Name"];
            capacity?: components["schemas"]["CapacityInput"];
            maxConcurrent?: number | null;
        };
        EstimateError: {
            /** @description The environment, an AI resource, or a model of an AI connection */
            owner: {
                /** @enum {string} */
                kind: "workspace" | "environment" | "ai-connection" | "ai-resource" | "api-key";
                /** Format: uuid */
                id: string;
                name: string;
                /** @description Of the connection, where the limit is that of one of its models */
                model?: string;
            };
            /**
             * Format: date-time
             * @description When the first of the answers was counted
             */
            since: string;
            /** @description Answers whose tokens the provider has reported */
            answers: number;
            /** @description Mean of |expected − reported| ÷ reported */
            meanError: number;
            /** @description Sum of what was expected */
            expectedTokens: number;
            /** @description Sum of what was reserved of the limit of tokens that reserved least; what was expected where there was none */
            reservedTokens: number;
            /** @description Sum of what providers reported. What it is more than `reservedTokens` is what limits that reserve less may be passed by */
            reportedTokens: number;
        };
        /** @enum {string} */
        ExchangeOperation: "chat" | "completion" | "embedding" | "models" | "unknown";
        /** @enum {string} */
        ExchangeOutcome: "ok" | "interrupted" | "invalid_api_key" | "resource_not_allowed" | "blocked_by_route" | "model_not_found" | "unknown_url" | "invalid_request" | "unsupported_parameter" | "request_timeout" | "headers_too_large" | "capacity_exceeded" | "target_busy" | "provider_rate_limited" | "provider_unavailable" | "provider_timeout" | "provider_auth_failed" | "provider_bad_answer" | "context_length_exceeded" | "content_filter" | "provider_rejected" | "provider_stream_failed" | "client_closed" | "unavailable" | "internal_error";
        ExchangeText: string;
        /** @enum {string} */
        FallbackCause: "target_busy" | "provider_rate_limited" | "provider_unavailable" | "provider_timeout" | "provider_auth_failed" | "provider_bad_answer" | "unsupported_parameter" | "context_length_exceeded";
        HeldTarget: {
            owner: {
                /** @enum {string} */
                kind: "workspace" | "environment" | "ai-connection" | "ai-resource" | "api-key";
                /** Format: uuid */
                id: string;
                name: string;
                /** @description Of the connection, where the limit is that of one of its models */
                model?: string;
            };
            /** Format: date-time */
            until: string;
        };
        Limit: {
            /** @enum {string} */
            period: "minute" | "hour" | "day" | "week" | "month" | "lifetime";
            requests?: number;
            tokens?: number;
            /** @enum {string} */
            dimension?: "source-ip" | "user";
            /**
             * @default expected
             * @enum {string}
             */
            reserve: "expected" | "ceiling";
            /** @default true */
            enabled: boolean;
        };
        LimitInput: {
            /** @enum {string} */
            period: "minute" | "hour" | "day" | "week" | "month" | "lifetime";
            requests?: number;
            tokens?: number;
            /** @enum {string} */
            dimension?: "source-ip" | "user";
            /**
             * @description Default: `"expected"`
             * @enum {string}
             */
            reserve?: "expected" | "ceiling";
            /** @description Default: `true` */
            enabled?: boolean;
        };
        /** @enum {string} */
        Membership: "owner" | "member";
        /**
         * Format: date-time
         * @description ISO 8601 with `Z` or an offset
         */
        Moment: string;
        Name: string;
        NewRouteQuestion: {
            /** @description The body of a chat completion; what it calls its model does not matter, its `vmx` does */
            request: components["schemas"]["ChatRequest"];
            /**
             * @description As rules may look at them
             *
             *     Default: `{}`
             */
            headers?: {
                [key: string]: string;
            };
            /**
             * Format: uuid
             * @description The key whose labels rules see and whose limits count; none when absent
             */
            apiKeyId?: string;
            /** @description The resource as it would be created */
            draft: components["schemas"]["AiResourceInput"];
            /**
             * @description What chance shall say, in order: those of an answer give the same answer again
             *
             *     Default: `[]`
             */
            draws?: number[];
        };
        /** @enum {string} */
        Origin: "config" | "environment" | "first-start" | "cli" | "api";
        PolicyDocument: {
            statements: components["schemas"]["PolicyStatement"][];
        };
        PolicyStatement: {
            /**
             * @description A deny, of whichever role, overrides every allow
             * @enum {string}
             */
            effect: "allow" | "deny";
            /** @description Patterns of actions, e.g. `ai-connection:*` or `*:get`. `*` is any run of characters of a segment, and as the last character everything that follows; `?` is one character of a segment. Segments end at `/` and `:`. A pattern is compared with the whole text, and with its case */
            actions: string[];
            /** @description Patterns of resources, built from ids, not names, e.g. `workspace:<id>/environment:<id>/ai-connection:*`. What is listed or created is asked for with `*` as its id. Wildcards as in `actions`; `workspace:<id>/*` is all that is in the workspace, but not the workspace itself */
            resources: string[];
        };
        Pool: {
            /** Format: uuid */
            id: string;
            name: components["schemas"]["Name"];
            minReservation: number;
            maxReservation: number;
            resources: string[];
            /**
             * @default adaptive
             * @enum {string}
             */
            reservation: "strict" | "adaptive";
        };
        PoolDefinition: {
            pools: components["schemas"]["Pool"][];
            /** @constant */
            inEffect: false;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            createdBy: string;
            updatedBy: string;
            version: number;
        };
        PoolDefinitionInput: {
            pools: components["schemas"]["PoolInput"][];
        };
        PoolInput: {
            /** Format: uuid */
            id?: string;
            name: components["schemas"]["Name"];
            minReservation: number;
            maxReservation: number;
            resources: string[];
            /**
             * @description Default: `"adaptive"`
             * @enum {string}
             */
            reservation?: "strict" | "adaptive";
        };
        Problem: {
            type: string;
            title: string;
            status: number;
            /** @enum {string} */
            code: "malformed_request" | "not_signed_in" | "wrong_credentials" | "password_change_required" | "permission_missing" | "owner_required" | "origin_not_allowed" | "grant_exceeds_own" | "not_found" | "name_taken" | "in_use" | "built_in" | "last_administrator" | "last_owner" | "conflict" | "version_mismatch" | "body_too_large" | "unsupported_media_type" | "invalid_fields" | "version_required" | "too_many_attempts" | "internal_error" | "unavailable";
            detail: string;
            errors?: {
                path: string;
                message: string;
            }[];
            usedBy?: {
                kind: string;
                id: string;
                name: string;
            }[];
            requestId?: string;
        };
        Provider: {
            id: string;
            name: string;
            needsBaseUrl: boolean;
            defaultBaseUrl: string | null;
            needsApiKey: boolean;
            operations: ("chat" | "completion" | "embedding")[];
            defaultModels: string[];
            config: {
                [key: string]: unknown;
            };
            credentials: {
                [key: string]: unknown;
            };
        };
        Retries: {
            max?: number;
            baseMs?: number;
            capMs?: number;
        };
        Role: {
            /** Format: uuid */
            id: string;
            name: components["schemas"]["Name"];
            description: string;
            policy: components["schemas"]["PolicyDocument"];
            builtIn: boolean;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            createdBy: string;
            updatedBy: string;
            version: number;
        };
        RoleInput: {
            name: components["schemas"]["Name"];
            /** @description Default: `""` */
            description?: string;
            policy: components["schemas"]["PolicyDocument"];
        };
        RoleMember: {
            /** Format: uuid */
            userId: string;
            email: string;
            name: string;
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
        };
        RolePatch: {
            name?: components["schemas"]["Name"];
            description?: string;
            policy?: components["schemas"]["PolicyDocument"];
        };
        RouteAnswer: {
            /** @description As the record of the request would begin: no attempt is made */
            decision: components["schemas"]["DecisionRecord"];
            /** @description The rule that decided, counted from 0 */
            matched?: number;
            /** @description What a rule says instead of an answer */
            blocked?: string;
            /**
             * @description What would refuse the request whatever its target, `model_not_found` while the resource is off
             * @enum {string}
             */
            refusedBy?: "invalid_api_key" | "model_not_found" | "resource_not_allowed" | "blocked_by_route" | "capacity_exceeded" | "unavailable";
            /** @description As rules see them */
            inputTokens: number;
            /** @description Without room for the request, of the key, resource, environment and workspace */
            fullLimits: {
                /** @enum {string} */
                owner: "workspace" | "environment" | "api-key" | "resource" | "connection" | "connection model";
                /** @enum {string} */
                period: "concurrent" | "minute" | "hour" | "day" | "week" | "month" | "lifetime";
                /** @enum {string} */
                dimension?: "source-ip" | "user";
            }[];
            /** @description In the order in which they would be tried */
            targets: {
                /** Format: uuid */
                connectionId: string;
                connection: string;
                provider: string;
                model: string;
                /** @description Tokens that the request is expected to use there */
                estimate: {
                    input: number;
                    output: number;
                };
                /**
                 * @description What would keep the request from it now
                 * @enum {string}
                 */
                stoppedBy?: "circuit_open" | "held" | "target_busy" | "unsupported_parameter";
                /** @description Without room for the request, of the connection and of its model */
                fullLimits: {
                    /** @enum {string} */
                    owner: "workspace" | "environment" | "api-key" | "resource" | "connection" | "connection model";
                    /** @enum {string} */
                    period: "concurrent" | "minute" | "hour" | "day" | "week" | "month" | "lifetime";
                    /** @enum {string} */
                    dimension?: "source-ip" | "user";
                }[];
                /** @description Until it may be asked again after it has failed repeatedly; 0: it may be now */
                circuitOpensInMs: number;
                /** @description Until it may be asked again after its provider has answered 429 and named a time; 0: it may be now */
                heldForMs: number;
            }[];
            /** @description The most characters that the expression of a rule can go through: up to 5,000,000 are allowed */
            expressions: {
                rule: number;
                cost: number;
            }[];
            /** @description What chance said, in order */
            draws: number[];
        };
        RouteQuestion: {
            /** @description The body of a chat completion; what it calls its model does not matter, its `vmx` does */
            request: components["schemas"]["ChatRequest"];
            /**
             * @description As rules may look at them
             *
             *     Default: `{}`
             */
            headers?: {
                [key: string]: string;
            };
            /**
             * Format: uuid
             * @description The key whose labels rules see and whose limits count; none when absent
             */
            apiKeyId?: string;
            /** @description Asked instead of the resource as it is saved; needs `ai-resource:update` on it as well */
            draft?: components["schemas"]["AiResourceInput"];
            /**
             * @description What chance shall say, in order: those of an answer give the same answer again
             *
             *     Default: `[]`
             */
            draws?: number[];
        };
        Session: {
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            lastSeenAt: string;
            /** Format: date-time */
            expiresAt: string;
            sourceAddress: string | null;
            userAgent: string | null;
            current: boolean;
        };
        SignedInUser: {
            /** Format: uuid */
            id: string;
            email: string;
            name: string;
            /** @enum {string} */
            state: "active" | "must_change_password";
        };
        Target: {
            /** Format: uuid */
            connectionId: string;
            /** @description The model's name at the provider */
            model: string;
        };
        TimeZone: string;
        Timeouts: {
            connectMs?: number;
            firstByteMs?: number;
            firstTokenMs?: number;
            idleMs?: number;
            totalMs?: number;
        };
        UsageAnswer: {
            times?: string[];
            rows: components["schemas"]["UsageAnswerRow"][];
            truncated: boolean;
        };
        UsageAnswerRow: {
            /**
             * Format: date-time
             * @description Where its bucket begins; one of `times`
             */
            time?: string;
            group: {
                [key: string]: string | number | null;
            };
            /** @description Null: no exchange has such a value */
            values: {
                [key: string]: number | null;
            };
        };
        /** @enum {string} */
        UsageBucket: "second" | "minute" | "hour" | "day" | "week" | "month";
        /** @enum {string} */
        UsageDimension: "connectionId" | "provider" | "model" | "resourceId" | "apiKeyId" | "userId" | "user" | "operation" | "outcome" | "status";
        UsageFilter: {
            connectionId?: (string | null)[];
            provider?: (components["schemas"]["ExchangeText"] | null)[];
            model?: (components["schemas"]["ExchangeText"] | null)[];
            resourceId?: (string | null)[];
            apiKeyId?: (string | null)[];
            userId?: (string | null)[];
            user?: (components["schemas"]["ExchangeText"] | null)[];
            operation?: components["schemas"]["ExchangeOperation"][];
            outcome?: components["schemas"]["ExchangeOutcome"][];
            status?: number[];
        };
        /** @enum {string} */
        UsageMetric: "requests.sum" | "errors.sum" | "errors.avg" | "inputTokens.sum" | "inputTokens.avg" | "inputTokens.min" | "inputTokens.max" | "inputTokens.p50" | "inputTokens.p90" | "inputTokens.p95" | "inputTokens.p99" | "cachedInputTokens.sum" | "cachedInputTokens.avg" | "cachedInputTokens.min" | "cachedInputTokens.max" | "cachedInputTokens.p50" | "cachedInputTokens.p90" | "cachedInputTokens.p95" | "cachedInputTokens.p99" | "outputTokens.sum" | "outputTokens.avg" | "outputTokens.min" | "outputTokens.max" | "outputTokens.p50" | "outputTokens.p90" | "outputTokens.p95" | "outputTokens.p99" | "reasoningTokens.sum" | "reasoningTokens.avg" | "reasoningTokens.min" | "reasoningTokens.max" | "reasoningTokens.p50" | "reasoningTokens.p90" | "reasoningTokens.p95" | "reasoningTokens.p99" | "totalTokens.sum" | "totalTokens.avg" | "totalTokens.min" | "totalTokens.max" | "totalTokens.p50" | "totalTokens.p90" | "totalTokens.p95" | "totalTokens.p99" | "durationMs.sum" | "durationMs.avg" | "durationMs.min" | "durationMs.max" | "durationMs.p50" | "durationMs.p90" | "durationMs.p95" | "durationMs.p99" | "timeToFirstTokenMs.avg" | "timeToFirstTokenMs.min" | "timeToFirstTokenMs.max" | "timeToFirstTokenMs.p50" | "timeToFirstTokenMs.p90" | "timeToFirstTokenMs.p95" | "timeToFirstTokenMs.p99" | "tokensPerSecond.avg" | "tokensPerSecond.min" | "tokensPerSecond.max" | "tokensPerSecond.p50" | "tokensPerSecond.p90" | "tokensPerSecond.p95" | "tokensPerSecond.p99";
        UsageQuery: {
            from: components["schemas"]["Moment"];
            /** @description Exclusive */
            to: components["schemas"]["Moment"];
            bucket?: components["schemas"]["UsageBucket"];
            /** @description Default: `"UTC"` */
            timeZone?: components["schemas"]["TimeZone"];
            /** @description At most 8 of them percentiles; times `limit` at most 50000 */
            metrics: components["schemas"]["UsageMetric"][];
            /** @description Default: `[]` */
            groupBy?: components["schemas"]["UsageDimension"][];
            /** @description Default: `{}` */
            filter?: components["schemas"]["UsageFilter"];
            /**
             * @description What it leaves open is ordered by time, then by groups
             *
             *     Default: `[]`
             */
            orderBy?: {
                by: "time" | components["schemas"]["UsageDimension"] | components["schemas"]["UsageMetric"];
                /** @enum {string} */
                direction: "asc" | "desc";
            }[];
            /**
             * @description Of rows; `truncated` tells that there are more
             *
             *     Default: `1000`
             */
            limit?: number;
        };
        User: {
            /** Format: uuid */
            id: string;
            email: string;
            name: string;
            state: components["schemas"]["UserState"];
            roles: {
                /** Format: uuid */
                id: string;
                name: string;
            }[];
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            createdBy: string;
            updatedBy: string;
            version: number;
        };
        UserAccess: {
            /** @description Who is disabled may do nothing, whatever their roles allow */
            state: components["schemas"]["UserState"];
            /** @description What the user is in the workspace; null where none is named, too */
            membership: components["schemas"]["Membership"] | null;
            permissions: {
                action: string;
                /** @description `*` is where something is listed or created, or any one of its kind */
                resource: string;
                /**
                 * @description Of the roles alone. `denied`: a statement denies it; `not-allowed`: none allows it
                 * @enum {string}
                 */
                decision: "allowed" | "denied" | "not-allowed";
                /** @description The statement that decided; null where none applies */
                by: {
                    /** Format: uuid */
                    roleId: string;
                    roleName: string;
                    /** @description In the policy of the role, counted from 0 */
                    statementIndex: number;
                    /** @description Only for who may get the role */
                    statement?: components["schemas"]["PolicyStatement"];
                } | null;
                /** @description Statements that decide otherwise for some of what `*` stands for */
                exceptions: {
                    /** Format: uuid */
                    roleId: string;
                    roleName: string;
                    /** @description In the policy of the role, counted from 0 */
                    statementIndex: number;
                    /** @description Only for who may get the role */
                    statement?: components["schemas"]["PolicyStatement"];
                }[];
                /** @description What the user must be in the workspace beside what the roles allow */
                needs: components["schemas"]["Membership"] | null;
            }[];
        };
        UserInput: {
            email: components["schemas"]["EmailAddress"];
            name: string;
        };
        /** @enum {string} */
        UserState: "active" | "disabled" | "must_change_password";
        Workspace: {
            /** Format: uuid */
            id: string;
            name: components["schemas"]["Name"];
            timeZone: components["schemas"]["TimeZone"];
            capacity: components["schemas"]["Capacity"];
            maxConcurrent: number | null;
            membership: components["schemas"]["Membership"];
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            createdBy: string;
            updatedBy: string;
            version: number;
        };
        WorkspaceInput: {
            name: components["schemas"]["Name"];
            /** @description Default: `"UTC"` */
            timeZone?: components["schemas"]["TimeZone"];
            /** @description Default: `[]` */
            capacity?: components["schemas"]["CapacityInput"];
            /** @description Default: `null` */
            maxConcurrent?: number | null;
        };
        WorkspaceMember: {
            /** Format: uuid */
            userId: string;
            email: string;
            name: string;
            membership: components["schemas"]["Membership"];
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            createdBy: string;
            updatedBy: string;
            version: number;
        };
        WorkspacePatch: {
            name?: components["schemas"]["Name"];
            timeZone?: components["schemas"]["TimeZone"];
            capacity?: components["schemas"]["CapacityInput"];
            maxConcurrent?: number | null;
        };
    };
    responses: {
        /** @description `body_too_large`: The body is too large */
        body_too_large: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `built_in`: What is built in can not be changed; `in_use`: It is still used; `conflict`: The state does not allow this */
        "built_in.in_use.conflict": {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `conflict`: The state does not allow this */
        conflict: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `conflict`: The state does not allow this; `last_administrator`: The last administrator must stay */
        "conflict.last_administrator": {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `in_use`: It is still used; `conflict`: The state does not allow this */
        "in_use.conflict": {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `internal_error`: Something went wrong */
        internal_error: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `invalid_fields`: Some fields are not right */
        invalid_fields: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `last_administrator`: The last administrator must stay */
        last_administrator: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `last_administrator`: The last administrator must stay; `last_owner`: The last owner must stay */
        "last_administrator.last_owner": {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `last_owner`: The last owner must stay */
        last_owner: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `malformed_request`: The request can not be read */
        malformed_request: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `name_taken`: The name is taken; `conflict`: The state does not allow this */
        "name_taken.conflict": {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `name_taken`: The name is taken; `conflict`: The state does not allow this; `built_in`: What is built in can not be changed; `last_administrator`: The last administrator must stay */
        "name_taken.conflict.built_in.last_administrator": {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `name_taken`: The name is taken; `conflict`: The state does not allow this; `in_use`: It is still used */
        "name_taken.conflict.in_use": {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `name_taken`: The name is taken; `conflict`: The state does not allow this; `last_administrator`: The last administrator must stay */
        "name_taken.conflict.last_administrator": {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `not_found`: There is no such thing */
        not_found: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `not_signed_in`: Nobody is signed in */
        not_signed_in: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `not_signed_in`: Nobody is signed in; `wrong_credentials`: The e-mail address or the password is wrong */
        "not_signed_in.wrong_credentials": {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `origin_not_allowed`: The request comes from a page that may not send it */
        origin_not_allowed: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `origin_not_allowed`: The request comes from a page that may not send it; `password_change_required`: The password must be changed first */
        "origin_not_allowed.password_change_required": {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `origin_not_allowed`: The request comes from a page that may not send it; `password_change_required`: The password must be changed first; `permission_missing`: A permission is missing */
        "origin_not_allowed.password_change_required.permission_missing": {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `origin_not_allowed`: The request comes from a page that may not send it; `password_change_required`: The password must be changed first; `permission_missing`: A permission is missing; `grant_exceeds_own`: Nobody can grant what they do not have */
        "origin_not_allowed.password_change_required.permission_missing.grant_exceeds_own": {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `origin_not_allowed`: The request comes from a page that may not send it; `password_change_required`: The password must be changed first; `permission_missing`: A permission is missing; `owner_required`: Only owners of the workspace may do this */
        "origin_not_allowed.password_change_required.permission_missing.owner_required": {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `password_change_required`: The password must be changed first */
        password_change_required: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `password_change_required`: The password must be changed first; `permission_missing`: A permission is missing */
        "password_change_required.permission_missing": {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `too_many_attempts`: Too many attempts */
        too_many_attempts: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unavailable`: The gateway can not do this now */
        unavailable: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unsupported_media_type`: The body must be JSON */
        unsupported_media_type: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `version_mismatch`: It has changed meanwhile */
        version_mismatch: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `version_required`: The version to change must be named */
        version_required: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `wrong_credentials`: The e-mail address or the password is wrong */
        wrong_credentials: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: {
        /** @description Finds the request in the log and the audit. */
        RequestId: string;
        /** @description The version, for `If-Match`. */
        ETag: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    signIn: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    email: components["schemas"]["EmailAddress"];
                    password: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        user: components["schemas"]["SignedInUser"];
                    };
                };
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["wrong_credentials"];
            403: components["responses"]["origin_not_allowed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            429: components["responses"]["too_many_attempts"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say */
            204: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["malformed_request"];
            403: components["responses"]["origin_not_allowed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    getCurrentSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CurrentSession"];
                };
            };
            401: components["responses"]["not_signed_in"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    currentPassword: string;
                    newPassword: string;
                };
            };
        };
        responses: {
            /** @description Done; there is nothing to say */
            204: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in.wrong_credentials"];
            403: components["responses"]["origin_not_allowed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            429: components["responses"]["too_many_attempts"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    listSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Session"][];
                    };
                };
            };
            401: components["responses"]["not_signed_in"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    revokeSession: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
            };
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say */
            204: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed"];
            404: components["responses"]["not_found"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    listUsers: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["User"][];
                        next?: string;
                    };
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required.permission_missing"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    createUser: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserInput"];
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        email: string;
                        name: string;
                        state: components["schemas"]["UserState"];
                        roles: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                        /** Format: date-time */
                        createdAt: string;
                        /** Format: date-time */
                        updatedAt: string;
                        createdBy: string;
                        updatedBy: string;
                        version: number;
                        oneTimePassword: string;
                    };
                };
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing"];
            409: components["responses"]["name_taken.conflict"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            429: components["responses"]["too_many_attempts"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    getUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    deleteUser: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
                /** @description The `ETag` of what was read: the version that the request changes. */
                "If-Match": string;
            };
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say */
            204: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing.grant_exceeds_own"];
            404: components["responses"]["not_found"];
            409: components["responses"]["last_administrator.last_owner"];
            412: components["responses"]["version_mismatch"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            428: components["responses"]["version_required"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    updateUser: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
                /** @description The `ETag` of what was read: the version that the request changes. */
                "If-Match": string;
            };
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    email?: components["schemas"]["EmailAddress"];
                    name?: string;
                    disabled?: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing.grant_exceeds_own"];
            404: components["responses"]["not_found"];
            409: components["responses"]["name_taken.conflict.last_administrator"];
            412: components["responses"]["version_mismatch"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            428: components["responses"]["version_required"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    resetPassword: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
                /** @description The `ETag` of what was read: the version that the request changes. */
                "If-Match": string;
            };
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        email: string;
                        name: string;
                        state: components["schemas"]["UserState"];
                        roles: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        }[];
                        /** Format: date-time */
                        createdAt: string;
                        /** Format: date-time */
                        updatedAt: string;
                        createdBy: string;
                        updatedBy: string;
                        version: number;
                        oneTimePassword: string;
                    };
                };
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing.grant_exceeds_own"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            412: components["responses"]["version_mismatch"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            428: components["responses"]["version_required"];
            429: components["responses"]["too_many_attempts"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    getUserAccess: {
        parameters: {
            query?: {
                /** @description One of yours; without it, what is in no workspace */
                workspaceId?: string;
                /** @description Of the workspace */
                environmentId?: string;
            };
            header?: never;
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserAccess"];
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    listUserSessions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Session"][];
                    };
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    endUserSessions: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
            };
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say */
            204: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing.grant_exceeds_own"];
            404: components["responses"]["not_found"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    listPermissions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            action: string;
                            resources: string[];
                        }[];
                    };
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    listRoles: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Role"][];
                        next?: string;
                    };
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required.permission_missing"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    createRole: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RoleInput"];
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Role"];
                };
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing.grant_exceeds_own"];
            409: components["responses"]["name_taken.conflict"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    getRole: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                roleId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Role"];
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    deleteRole: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
                /** @description The `ETag` of what was read: the version that the request changes. */
                "If-Match": string;
            };
            path: {
                roleId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say */
            204: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            409: components["responses"]["built_in.in_use.conflict"];
            412: components["responses"]["version_mismatch"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            428: components["responses"]["version_required"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    updateRole: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
                /** @description The `ETag` of what was read: the version that the request changes. */
                "If-Match": string;
            };
            path: {
                roleId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RolePatch"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Role"];
                };
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing.grant_exceeds_own"];
            404: components["responses"]["not_found"];
            409: components["responses"]["name_taken.conflict.built_in.last_administrator"];
            412: components["responses"]["version_mismatch"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            428: components["responses"]["version_required"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    listRoleMembers: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                roleId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["RoleMember"][];
                        next?: string;
                    };
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    addRoleMember: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
            };
            path: {
                roleId: string;
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleMember"];
                };
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing.grant_exceeds_own"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict.last_administrator"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    removeRoleMember: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
            };
            path: {
                roleId: string;
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say */
            204: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing.grant_exceeds_own"];
            404: components["responses"]["not_found"];
            409: components["responses"]["last_administrator"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    listWorkspaces: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Workspace"][];
                        next?: string;
                    };
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required.permission_missing"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    createWorkspace: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WorkspaceInput"];
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workspace"];
                };
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing"];
            409: components["responses"]["name_taken.conflict"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    getWorkspace: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspaceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workspace"];
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    deleteWorkspace: {
        parameters: {
            query?: {
                cascade?: "true" | "false";
            };
            header: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
                /** @description The `ETag` of what was read: the version that the request changes. */
                "If-Match": string;
            };
            path: {
                workspaceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say */
            204: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing.owner_required"];
            404: components["responses"]["not_found"];
            409: components["responses"]["in_use.conflict"];
            412: components["responses"]["version_mismatch"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            428: components["responses"]["version_required"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    updateWorkspace: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
                /** @description The `ETag` of what was read: the version that the request changes. */
                "If-Match": string;
            };
            path: {
                workspaceId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WorkspacePatch"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workspace"];
                };
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing.owner_required"];
            404: components["responses"]["not_found"];
            409: components["responses"]["name_taken.conflict"];
            412: components["responses"]["version_mismatch"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            428: components["responses"]["version_required"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    leaveWorkspace: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
            };
            path: {
                workspaceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say */
            204: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required"];
            404: components["responses"]["not_found"];
            409: components["responses"]["last_owner"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    listWorkspaceMembers: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                workspaceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["WorkspaceMember"][];
                        next?: string;
                    };
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    addWorkspaceMember: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
            };
            path: {
                workspaceId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    email: components["schemas"]["EmailAddress"];
                    /** @description Default: `"member"` */
                    membership?: components["schemas"]["Membership"];
                };
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkspaceMember"];
                };
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing.owner_required"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    removeWorkspaceMember: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
                /** @description The `ETag` of what was read: the version that the request changes. */
                "If-Match": string;
            };
            path: {
                workspaceId: string;
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say */
            204: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing.owner_required"];
            404: components["responses"]["not_found"];
            409: components["responses"]["last_owner"];
            412: components["responses"]["version_mismatch"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            428: components["responses"]["version_required"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    updateWorkspaceMember: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
                /** @description The `ETag` of what was read: the version that the request changes. */
                "If-Match": string;
            };
            path: {
                workspaceId: string;
                userId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    membership: components["schemas"]["Membership"];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkspaceMember"];
                };
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing.owner_required"];
            404: components["responses"]["not_found"];
            409: components["responses"]["last_owner"];
            412: components["responses"]["version_mismatch"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            428: components["responses"]["version_required"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    listEnvironments: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                workspaceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Environment"][];
                        next?: string;
                    };
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    createEnvironment: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
            };
            path: {
                workspaceId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EnvironmentInput"];
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Environment"];
                };
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            409: components["responses"]["name_taken.conflict"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    getEnvironment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspaceId: string;
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Environment"];
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    deleteEnvironment: {
        parameters: {
            query?: {
                cascade?: "true" | "false";
            };
            header: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
                /** @description The `ETag` of what was read: the version that the request changes. */
                "If-Match": string;
            };
            path: {
                workspaceId: string;
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say */
            204: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            409: components["responses"]["in_use.conflict"];
            412: components["responses"]["version_mismatch"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            428: components["responses"]["version_required"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    updateEnvironment: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
                /** @description The `ETag` of what was read: the version that the request changes. */
                "If-Match": string;
            };
            path: {
                workspaceId: string;
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EnvironmentPatch"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Environment"];
                };
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            409: components["responses"]["name_taken.conflict"];
            412: components["responses"]["version_mismatch"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            428: components["responses"]["version_required"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    listProviders: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspaceId: string;
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Provider"][];
                    };
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    listAiConnections: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                workspaceId: string;
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AiConnection"][];
                        next?: string;
                    };
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    createAiConnection: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
            };
            path: {
                workspaceId: string;
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AiConnectionInput"];
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AiConnection"];
                };
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            409: components["responses"]["name_taken.conflict"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    testNewAiConnection: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
            };
            path: {
                workspaceId: string;
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConnectionTrial"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectionTest"];
                };
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    getAiConnection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspaceId: string;
                environmentId: string;
                aiConnectionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AiConnection"];
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    deleteAiConnection: {
        parameters: {
            query?: {
                cascade?: "true" | "false";
            };
            header: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
                /** @description The `ETag` of what was read: the version that the request changes. */
                "If-Match": string;
            };
            path: {
                workspaceId: string;
                environmentId: string;
                aiConnectionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say */
            204: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            409: components["responses"]["in_use.conflict"];
            412: components["responses"]["version_mismatch"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            428: components["responses"]["version_required"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    updateAiConnection: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
                /** @description The `ETag` of what was read: the version that the request changes. */
                "If-Match": string;
            };
            path: {
                workspaceId: string;
                environmentId: string;
                aiConnectionId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AiConnectionPatch"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AiConnection"];
                };
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            409: components["responses"]["name_taken.conflict.in_use"];
            412: components["responses"]["version_mismatch"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            428: components["responses"]["version_required"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    testAiConnection: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
            };
            path: {
                workspaceId: string;
                environmentId: string;
                aiConnectionId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    model?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectionTest"];
                };
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    listAiConnectionModels: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspaceId: string;
                environmentId: string;
                aiConnectionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            id: string;
                            allowed: boolean;
                        }[];
                        error: {
                            code: string;
                            message: string;
                        } | null;
                    };
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    listAiConnectionUses: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspaceId: string;
                environmentId: string;
                aiConnectionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** @enum {string} */
                            kind: "ai-resource" | "api-key";
                            /** Format: uuid */
                            id: string;
                            name: string;
                            models: string[];
                        }[];
                    };
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    listAiResources: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                workspaceId: string;
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AiResource"][];
                        next?: string;
                    };
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    createAiResource: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
            };
            path: {
                workspaceId: string;
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AiResourceInput"];
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AiResource"];
                };
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            409: components["responses"]["name_taken.conflict"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    getAiResource: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspaceId: string;
                environmentId: string;
                aiResourceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AiResource"];
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    deleteAiResource: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
                /** @description The `ETag` of what was read: the version that the request changes. */
                "If-Match": string;
            };
            path: {
                workspaceId: string;
                environmentId: string;
                aiResourceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say */
            204: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            412: components["responses"]["version_mismatch"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            428: components["responses"]["version_required"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    updateAiResource: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
                /** @description The `ETag` of what was read: the version that the request changes. */
                "If-Match": string;
            };
            path: {
                workspaceId: string;
                environmentId: string;
                aiResourceId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AiResourcePatch"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AiResource"];
                };
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            409: components["responses"]["name_taken.conflict"];
            412: components["responses"]["version_mismatch"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            428: components["responses"]["version_required"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    listAiResourceRevisions: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                workspaceId: string;
                environmentId: string;
                aiResourceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AiResourceRevision"][];
                        next?: string;
                    };
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    getAiResourceRevision: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspaceId: string;
                environmentId: string;
                aiResourceId: string;
                revisionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AiResourceRevisionWithDocument"];
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    restoreAiResourceRevision: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
                /** @description The `ETag` of what was read: the version that the request changes. */
                "If-Match": string;
            };
            path: {
                workspaceId: string;
                environmentId: string;
                aiResourceId: string;
                revisionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AiResource"];
                };
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            409: components["responses"]["name_taken.conflict"];
            412: components["responses"]["version_mismatch"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            428: components["responses"]["version_required"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    routeNewAiResource: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
            };
            path: {
                workspaceId: string;
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewRouteQuestion"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RouteAnswer"];
                };
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    routeAiResource: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
            };
            path: {
                workspaceId: string;
                environmentId: string;
                aiResourceId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RouteQuestion"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RouteAnswer"];
                };
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    chatWithAiResource: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
            };
            path: {
                workspaceId: string;
                environmentId: string;
                aiResourceId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChatRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
            /** @description As the data plane refuses, in the form of the OpenAI API */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
        };
    };
    listApiKeys: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                workspaceId: string;
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ApiKey"][];
                        next?: string;
                    };
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    createApiKey: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
            };
            path: {
                workspaceId: string;
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiKeyInput"];
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyWithValue"];
                };
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            409: components["responses"]["name_taken.conflict"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    getApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspaceId: string;
                environmentId: string;
                apiKeyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    deleteApiKey: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
                /** @description The `ETag` of what was read: the version that the request changes. */
                "If-Match": string;
            };
            path: {
                workspaceId: string;
                environmentId: string;
                apiKeyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say */
            204: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            412: components["responses"]["version_mismatch"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            428: components["responses"]["version_required"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    updateApiKey: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
                /** @description The `ETag` of what was read: the version that the request changes. */
                "If-Match": string;
            };
            path: {
                workspaceId: string;
                environmentId: string;
                apiKeyId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiKeyPatch"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            409: components["responses"]["name_taken.conflict"];
            412: components["responses"]["version_mismatch"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            428: components["responses"]["version_required"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    rotateApiKey: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
                /** @description The `ETag` of what was read: the version that the request changes. */
                "If-Match": string;
            };
            path: {
                workspaceId: string;
                environmentId: string;
                apiKeyId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiKeyRotation"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyWithValue"];
                };
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            412: components["responses"]["version_mismatch"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            428: components["responses"]["version_required"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    getPoolDefinition: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspaceId: string;
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PoolDefinition"];
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    replacePoolDefinition: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
                /** @description The `ETag` of what was read: the version that the request changes. */
                "If-Match": string;
            };
            path: {
                workspaceId: string;
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PoolDefinitionInput"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PoolDefinition"];
                };
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            412: components["responses"]["version_mismatch"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            428: components["responses"]["version_required"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    getCapacity: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspaceId: string;
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CapacityView"];
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    listAudit: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                apiKeyId?: string;
                userId?: string;
                resourceId?: string;
                connectionId?: string;
                correlationId?: components["schemas"]["ExchangeText"];
                clientRequestId?: components["schemas"]["ExchangeText"];
                provider?: components["schemas"]["ExchangeText"];
                model?: components["schemas"]["ExchangeText"];
                requestedModel?: components["schemas"]["ExchangeText"];
                /** @description The request's own `user` */
                user?: components["schemas"]["ExchangeText"];
                operation?: components["schemas"]["ExchangeOperation"];
                outcome?: components["schemas"]["ExchangeOutcome"];
                statusClass?: "2xx" | "4xx" | "5xx";
                status?: number;
                /** @description Part of an error's code, of a provider's own code, of a fault of the transport or of the limit that refused, in the exchange or one of its attempts; case is ignored */
                errorText?: components["schemas"]["ExchangeText"];
                /** @description The request came at this time or later */
                from?: components["schemas"]["Moment"];
                /** @description The request came before this time */
                to?: components["schemas"]["Moment"];
            };
            header?: never;
            path: {
                workspaceId: string;
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditPage"];
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    exportAudit: {
        parameters: {
            query?: {
                apiKeyId?: string;
                userId?: string;
                resourceId?: string;
                connectionId?: string;
                correlationId?: components["schemas"]["ExchangeText"];
                clientRequestId?: components["schemas"]["ExchangeText"];
                provider?: components["schemas"]["ExchangeText"];
                model?: components["schemas"]["ExchangeText"];
                requestedModel?: components["schemas"]["ExchangeText"];
                /** @description The request's own `user` */
                user?: components["schemas"]["ExchangeText"];
                operation?: components["schemas"]["ExchangeOperation"];
                outcome?: components["schemas"]["ExchangeOutcome"];
                statusClass?: "2xx" | "4xx" | "5xx";
                status?: number;
                /** @description Part of an error's code, of a provider's own code, of a fault of the transport or of the limit that refused, in the exchange or one of its attempts; case is ignored */
                errorText?: components["schemas"]["ExchangeText"];
                /** @description The request came at this time or later */
                from?: components["schemas"]["Moment"];
                /** @description The request came before this time */
                to?: components["schemas"]["Moment"];
                format?: components["schemas"]["AuditExportFormat"];
            };
            header?: never;
            path: {
                workspaceId: string;
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                    "text/csv": string;
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    tailAudit: {
        parameters: {
            query?: {
                apiKeyId?: string;
                userId?: string;
                resourceId?: string;
                connectionId?: string;
                correlationId?: components["schemas"]["ExchangeText"];
                clientRequestId?: components["schemas"]["ExchangeText"];
                provider?: components["schemas"]["ExchangeText"];
                model?: components["schemas"]["ExchangeText"];
                requestedModel?: components["schemas"]["ExchangeText"];
                /** @description The request's own `user` */
                user?: components["schemas"]["ExchangeText"];
                operation?: components["schemas"]["ExchangeOperation"];
                outcome?: components["schemas"]["ExchangeOutcome"];
                statusClass?: "2xx" | "4xx" | "5xx";
                status?: number;
                /** @description Part of an error's code, of a provider's own code, of a fault of the transport or of the limit that refused, in the exchange or one of its attempts; case is ignored */
                errorText?: components["schemas"]["ExchangeText"];
            };
            header?: never;
            path: {
                workspaceId: string;
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    getAuditExchange: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workspaceId: string;
                environmentId: string;
                exchangeId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditExchange"];
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    queryUsage: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Where the request comes from. Browsers set it themselves; programs send the address of the server itself. Without it, or with that of a page that may not ask, the answer is 403.
                 * @example http://127.0.0.1:3000
                 */
                Origin?: string;
            };
            path: {
                workspaceId: string;
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UsageQuery"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageAnswer"];
                };
            };
            400: components["responses"]["malformed_request"];
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["origin_not_allowed.password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    listAuditEvents: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                workspaceId?: string;
                environmentId?: string;
                actorId?: string;
                action?: string;
                objectKind?: string;
                objectId?: string;
                from?: components["schemas"]["Moment"];
                to?: components["schemas"]["Moment"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AuditEvent"][];
                        next?: string;
                    };
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
    getAuditEvent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                auditEventId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditEvent"];
                };
            };
            401: components["responses"]["not_signed_in"];
            403: components["responses"]["password_change_required.permission_missing"];
            404: components["responses"]["not_found"];
            422: components["responses"]["invalid_fields"];
            500: components["responses"]["internal_error"];
            503: components["responses"]["unavailable"];
        };
    };
}
