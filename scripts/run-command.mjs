import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Runs a program to its end; rejects when it fails. */
export const run = promisify(execFile)

/** @returns {Promise<boolean>} false also where there is no such program */
export const succeeds = (command, args) =>
  run(command, args).then(
    () => true,
    () => false,
  )
