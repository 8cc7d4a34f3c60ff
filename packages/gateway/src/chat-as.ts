import type { FastifyReply, FastifyRequest } from 'fastify'
import { accept, refuse, refuseUnread, send } from './answering.ts'
import { completeAs, type UserRequest } from './completion/pipeline.ts'
import { asGatewayError, GatewayError } from './errors.ts'
import type { PluginOptions } from './plugin.ts'
import { readBody } from './read-body.ts'

export type UserChat = UserRequest & {
  /** The request's body where somebody has read it; else it is read from the request. */
  readonly body?: Buffer
}

/**
 * Answers a chat of a user who is signed in, as the route of the data plane does for an API key: the same pipeline,
 * headers, streams and errors, recorded with the user. Limits of keys alone don't apply. The resource decides where it
 * goes, whatever the body calls its model; `vmx.secondaryModel` may ask for another of its models.
 *
 * Whether the user may do this is for the caller to have checked: nothing is asked here. Takes the reply over; resolves
 * once the answer has begun or was refused, and never rejects.
 */
export async function chatAs(
  { gateway, maxBodyBytes, log }: PluginOptions,
  request: FastifyRequest,
  reply: FastifyReply,
  { user, resource, body: given }: UserChat,
): Promise<void> {
  reply.hijack()
  const body = given ?? (await bodyOf(request, maxBodyBytes))
  if (body instanceof GatewayError)
    return refuseUnread({ gateway, log }, request, reply, body, { operation: 'chat', principal: user })
  const call = accept(request, reply, 'chat', body)
  try {
    send(reply, call, await completeAs(gateway, call, { user, resource }))
  } catch (error) {
    refuse(reply, call, asGatewayError(error), log)
  }
}

const bodyOf = ({ raw }: FastifyRequest, maxBytes: number) =>
  new Promise<Buffer | GatewayError>((resolve) => readBody(raw, maxBytes, resolve))
