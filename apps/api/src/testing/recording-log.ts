import type { Log } from '@vm-x/gateway'
import { pino } from 'pino'

/** The log of the product, line by line into `lines`: as wide as operators see it, fields of errors included. */
export const recordingLog = (lines: string[]): Log =>
  pino(
    { base: null, messageKey: 'message', formatters: { level: (level) => ({ level }) } },
    { write: (line) => void lines.push(line) },
  )
