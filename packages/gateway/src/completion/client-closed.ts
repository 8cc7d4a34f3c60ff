import { GatewayError } from '../errors.ts'

/** The client has left: nobody's fault, and nobody hears of it but the record. */
export const clientClosed = (cause?: unknown): GatewayError =>
  new GatewayError('client_closed', 'The client closed the request', { cause })
