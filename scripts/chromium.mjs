import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { installDebianPackage } from './debian-package.mjs'

/**
 * The path of a Chromium: the one that TEST_CHROMIUM names, else one of this machine, else installed from the system's
 * packages where that is allowed. Throws an error that says what is missing and how to get it.
 */
export async function chromiumPath() {
  const found = process.env.TEST_CHROMIUM || find() || ((await installDebianPackage('chromium')) ? find() : undefined)
  if (found) return found
  throw new Error(
    'The tests of the console need Chromium, and none was found. Either install it so that `chromium` or `google-chrome` is on ' +
      'the PATH (Debian, Ubuntu: apt-get install chromium; macOS: brew install chromium), or set TEST_CHROMIUM to its path',
  )
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const MAC = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

function find() {
  const directories = (process.env.PATH ?? '').split(delimiter).filter(Boolean)
  const candidates = [...NAMES.flatMap((name) => directories.map((directory) => join(directory, name))), ...MAC]
  return candidates.find(isExecutable)
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
