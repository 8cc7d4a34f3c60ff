/** What the routes of each tag are for, in a sentence. */
export const TAGS: Readonly<Record<string, string>> = {
  auth: 'Sign in and out, change your password, and see and end your sessions.',
  user: 'People who may sign in, their one-time passwords and their sessions.',
  role: 'What people may do: policies of permissions and resources, and who has them.',
  workspace: 'What keeps the work of teams apart, with its owners and members.',
  environment:
    'Parts of a workspace, such as staging and production, each with its own connections, resources and keys.',
  'ai-connection': 'Accounts at AI providers: their credentials, which are never shown again, their models and limits.',
  'ai-resource':
    'What applications name as the model: which connections answer it, in which order, with every revision.',
  'api-key': 'Keys with which applications call the gateway, what they may use and how much of it.',
  prioritization: 'How the resources of an environment share its capacity when there is too little for all.',
  capacity: 'What of every limit is in use now.',
  audit: 'Records of the requests to the gateway: read, exported, or followed as they come.',
  usage: 'Sums over the requests to the gateway, by time and by what they were for.',
  'audit-event': 'Who changed what in the management API, and when.',
}
