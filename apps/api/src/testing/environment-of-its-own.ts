import { randomBytes } from 'node:crypto'
import { aiConnectionRoutes, aiResourceRoutes, environmentRoutes, type Route, workspaceRoutes } from '@vm-x/contract'
import { PROMPT } from './prompt.ts'
import type { Answer, CallOptions, Person, World } from './world.ts'

/** A workspace and an environment of the administrator, with a connection to the demo provider, and calls below them. */
export async function environmentOfItsOwn(world: World) {
  const { admin, done } = world
  const name = randomBytes(6).toString('hex')
  const { id: workspaceId } = await done(admin, workspaceRoutes.createWorkspace, { body: { name } })
  const { id: environmentId } = await done(admin, environmentRoutes.createEnvironment, {
    params: { workspaceId },
    body: { name },
  })
  const context: { workspaceId: string; environmentId: string } = { workspaceId, environmentId }
  const inside = (options: CallOptions) => ({ ...options, params: { ...context, ...options.params } })
  const here = {
    context,
    call: (route: Route, options: CallOptions = {}, person: Person = admin): Promise<Answer> =>
      world.call(person, route, inside(options)),
    done: (route: Route, options: CallOptions = {}) => done(admin, route, inside(options)),
    async connection(name: string, fields: object = {}): Promise<string> {
      const body = { name, provider: 'demo', ...fields }
      return (await here.done(aiConnectionRoutes.createAiConnection, { body })).id
    },
    async resource(name: string, fields: object = {}): Promise<string> {
      const body = { name, model: { connectionId, model: 'demo' }, ...fields }
      return (await here.done(aiResourceRoutes.createAiResource, { body })).id
    },
  }
  const connectionId = await here.connection('demo')
  return { ...here, connectionId }
}

/** A chat over the data plane with an API key. */
export async function chatWith(world: World, key: string, model: string, content = PROMPT): Promise<Answer> {
  const body = { model, messages: [{ role: 'user', content }] }
  world.trail.sent(body)
  const answer = await fetch(`${world.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, text, body: JSON.parse(text) }
}
