import { demoModelParts } from './demo-model.ts'

/** An error in OpenAI's shape. */
export type DemoError = {
  readonly status: number
  readonly message: string
  readonly type: string
  readonly code: string | null
  readonly param: string | null
}

export const errorBody = ({ message, type, param, code }: DemoError): object => ({
  error: { message, type, param, code },
})

/** The error a provider gives with `status`; `code` replaces the usual one. */
export function faultOf(status: number, code: string | undefined): DemoError {
  const [type, usualCode] = KINDS[status] ?? (status >= 500 ? SERVER_ERROR : REQUEST_ERROR)
  return {
    status,
    message: `The demo provider answers ${status}, as its model name asked`,
    type,
    code: code ?? usualCode,
    param: null,
  }
}

export const badRequest = (message: string, param: string | null): DemoError => ({
  status: 400,
  message,
  type: 'invalid_request_error',
  code: null,
  param,
})

export const invalidApiKey: DemoError = {
  status: 401,
  message: 'Incorrect API key provided',
  type: 'invalid_request_error',
  code: 'invalid_api_key',
  param: null,
}

export const unknownUrl = (method: string, path: string): DemoError => ({
  status: 404,
  message: `Unknown request URL: ${method} ${path.slice(0, 200)}`,
  type: 'invalid_request_error',
  code: 'unknown_url',
  param: null,
})

export const unknownModel = (name: string): DemoError => ({
  status: 404,
  message: `The model '${name.slice(0, 200)}' does not exist. The demo provider has 'demo', followed by any of: ${demoModelParts.join(' ')}`,
  type: 'invalid_request_error',
  code: 'model_not_found',
  param: 'model',
})

export const tooLarge = (bytes: number): DemoError => ({
  status: 413,
  message: `The request body is larger than ${bytes} bytes`,
  type: 'invalid_request_error',
  code: null,
  param: null,
})

/** Something here is wrong; what exactly is not the client's to know. */
export const internalError: DemoError = {
  status: 500,
  message: 'The demo provider failed',
  type: 'server_error',
  code: null,
  param: null,
}

type Kind = readonly [type: string, code: string | null]

const REQUEST_ERROR: Kind = ['invalid_request_error', null]
const SERVER_ERROR: Kind = ['server_error', null]

const KINDS: Readonly<Record<number, Kind>> = {
  401: ['invalid_request_error', 'invalid_api_key'],
  403: ['permission_error', null],
  404: ['invalid_request_error', 'model_not_found'],
  429: ['requests', 'rate_limit_exceeded'],
}
