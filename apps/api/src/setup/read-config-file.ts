import { readFile } from 'node:fs/promises'
import { type ConfigFile, configFile } from '@vm-x/contract'
import { place } from '@vm-x/storage'
import { type Document, LineCounter, parseDocument } from 'yaml'
import { ConfigError } from '../config.ts'
import { inOurWords } from '../http/in-our-words.ts'
import { schemaProblems } from '../http/schema-problems.ts'

type Env = Readonly<Record<string, string | undefined>>

/**
 * Reads the document that `VMX_CONFIG` names. `${NAME}` in a string stands for a variable of the environment of this
 * process. Throws {@link ConfigError} with every problem, by path and without values.
 */
export async function readConfigFile(path: string, env: Env): Promise<ConfigFile> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new ConfigError(`VMX_CONFIG: ${path} can not be read: ${error.message}`)
  })
  const lines = new LineCounter()
  const document = parseDocument(text, { prettyErrors: false, lineCounter: lines })
  const [syntax] = document.errors
  if (syntax)
    throw new ConfigError(
      `VMX_CONFIG: ${path} is not valid YAML in line ${lines.linePos(syntax.pos[0]).line}: ${syntax.message}`,
    )
  const missing = new Set<string>()
  const value = substitute(documentValue(document, path), env, missing)
  const parsed = configFile.safeParse(value, { error: inOurWords })
  if (parsed.success && missing.size === 0) return parsed.data
  const unset = `names variables that are not set: ${[...missing].join(', ')}`
  const problems = schemaProblems(parsed.error?.issues ?? []).map(({ path, message }) => `${place(path)}: ${message}`)
  if (problems.length === 0) throw new ConfigError(`VMX_CONFIG: ${path} ${unset}`)
  throw new ConfigError(notRight(path, missing.size > 0 ? [unset, ...problems] : problems))
}

/** All that is wrong with the file, a line each. */
export const notRight = (path: string, problems: readonly string[]): string =>
  `VMX_CONFIG: ${path} is not right:\n${problems.map((problem) => `  ${problem}`).join('\n')}`

/** An alias may lead nowhere, or to more than anyone would write. */
function documentValue(document: Document, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    throw new ConfigError(
      `VMX_CONFIG: ${path} is not valid YAML: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

/** For what is not set: most fields take it, so that nothing else is said of them. */
const STAND_IN = 'x'

function substitute(value: unknown, env: Env, missing: Set<string>): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_reference, name: string) => {
      const found = env[name]
      if (found !== undefined && found !== '') return found
      missing.add(name)
      return STAND_IN
    })
  }
  if (Array.isArray(value)) return value.map((item) => substitute(item, env, missing))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, substitute(item, env, missing)]))
}
